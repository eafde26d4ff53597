#include "flags/private.h"
