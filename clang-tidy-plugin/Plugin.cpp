// The plugin's own part: the registrations come with the checks; here is the guard against a host
// of another LLVM major.
#include "TorchTidyModule.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <string>
#include <unistd.h>

extern "C" volatile int *torchTidyPluginAnchor() { return &torchtidy::TorchTidyModuleAnchor; }

namespace {
// The host's LLVM major, 0 if it does not tell. Its symbols are looked up by hand: this must work
// in any host.
unsigned hostMajor() {
  using FullVersion = std::string (*)();
  // clang::getClangFullVersion(): "Debian clang version 22.1.8 (1~deb12u1)".
  if (void *Symbol = dlsym(RTLD_DEFAULT, "_ZN5clang19getClangFullVersionB5cxx11Ev")) {
    std::string Version = reinterpret_cast<FullVersion>(Symbol)();
    if (const char *Found = std::strstr(Version.c_str(), "version "))
      return static_cast<unsigned>(std::strtoul(Found + std::strlen("version "), nullptr, 10));
  }
  using GetVersion = void (*)(unsigned *, unsigned *, unsigned *);
  unsigned Major = 0, Minor = 0, Patch = 0;
  if (void *Symbol = dlsym(RTLD_DEFAULT, "LLVMGetVersion"))
    reinterpret_cast<GetVersion>(Symbol)(&Major, &Minor, &Patch);
  return Major;
}

// Before every other constructor here: those register the checks, with the layouts of the LLVM
// built against.
__attribute__((constructor(101))) void refuseForeignHost() {
  unsigned Host = hostMajor();
  if (Host == TORCHTIDY_LLVM_MAJOR || Host == 0)
    return;
  Dl_info Self{};
  const char *File = dladdr(reinterpret_cast<void *>(&torchTidyPluginAnchor), &Self)
                         ? Self.dli_fname
                         : "the plugin";
  std::fprintf(stderr,
               "torch-tidy: %s is built for clang-tidy %d, this is clang-tidy %u. "
               "Next: run clang-tidy-%d, or build the plugin with -DTORCHTIDY_LLVM=%u\n",
               File, TORCHTIDY_LLVM_MAJOR, Host, TORCHTIDY_LLVM_MAJOR, Host);
  std::fflush(stderr);
  _exit(1); // the host is half-way through loading: no destructor may run
}
} // namespace
