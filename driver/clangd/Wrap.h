// How torch-clangd changes clangd without its sources: the linker's --wrap sends clangd's calls of
// a function to ours (__wrap_X), which may call clangd's own (__real_X). CMakeLists.txt lists the
// names.
#ifndef TORCHTIDY_DRIVER_CLANGD_WRAP_H
#define TORCHTIDY_DRIVER_CLANGD_WRAP_H

#define TORCHTIDY_OURS(Mangled) __asm__("__wrap_" Mangled)
#define TORCHTIDY_THEIRS(Mangled) __asm__("__real_" Mangled)

#endif
