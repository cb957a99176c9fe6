"""Why a call was not admitted, as its caller reads it."""
