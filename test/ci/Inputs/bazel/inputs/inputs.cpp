#include "inputs/detail.h"

#ifndef DETAIL
#error a define of a dependency is missing
#endif

int table[] = {
#include "table.inc"
};
