#pragma once
#if !defined BUILT_FOR_fastbuild || !defined OUTPUTS
#error a flag of the target is missing
#endif
