#pragma once
#include <found.h>

#if !defined BUILT_FOR_fastbuild || !defined OUTPUTS || !defined FORCED || !defined FOUND
#error a flag of the target is missing
#endif
static_assert(sizeof(VERSION) == sizeof("1.0"), "a string");
