"""What answers look like. Unknown fields are left alone, so a newer server does no harm."""
