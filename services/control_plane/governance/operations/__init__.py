"""Operations: breakers and alerts of the gateway."""
