#include "net.h"

#ifdef OUTPUTS
#error a flag of another target
#endif

int main() { NetImpl net(3); }
