"""The stages of a call, one file each, in the order in which `pipeline` names them."""
