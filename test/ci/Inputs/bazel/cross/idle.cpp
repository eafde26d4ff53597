// Asks nothing of the others.
int idle() { return 0; }
