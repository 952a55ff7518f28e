"""Month folders: what a month must hold, read whole or refused whole."""
