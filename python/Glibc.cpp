// What the libraries that are linked in want of a glibc newer than 2.34, in terms of older parts.
#include <cstdint>
#include <cstring>
#include <link.h>
#include <sys/random.h>

// glibc 2.36. LLVM names temporary files by it.
extern "C" uint32_t arc4random() {
  uint32_t Value = 0;
  while (getrandom(&Value, sizeof(Value), 0) != ssize_t(sizeof(Value))) {
  }
  return Value;
}

// glibc 2.35. GCC's unwinder asks for the frames of the object that holds an address.
extern "C" int _dl_find_object(void *Address, dl_find_object *Result) {
  struct Search {
    ElfW(Addr) Address;
    dl_find_object *Result;
  } Wanted{reinterpret_cast<ElfW(Addr)>(Address), Result};
  auto Visit = [](dl_phdr_info *Object, size_t, void *Data) {
    auto &Want = *static_cast<Search *>(Data);
    ElfW(Addr) Begin = ~ElfW(Addr)(0), End = 0, Frames = 0;
    bool Holds = false;
    for (int I = 0; I < Object->dlpi_phnum; ++I) {
      const ElfW(Phdr) &Part = Object->dlpi_phdr[I];
      ElfW(Addr) From = Object->dlpi_addr + Part.p_vaddr;
      if (Part.p_type == PT_GNU_EH_FRAME)
        Frames = From;
      if (Part.p_type != PT_LOAD)
        continue;
      Begin = From < Begin ? From : Begin;
      End = From + Part.p_memsz > End ? From + Part.p_memsz : End;
      Holds |= Want.Address >= From && Want.Address < From + Part.p_memsz;
    }
    if (!Holds || !Frames)
      return 0;
    std::memset(Want.Result, 0, sizeof(*Want.Result));
    Want.Result->dlfo_map_start = reinterpret_cast<void *>(Begin);
    Want.Result->dlfo_map_end = reinterpret_cast<void *>(End);
    Want.Result->dlfo_eh_frame = reinterpret_cast<void *>(Frames);
    return 1;
  };
  return dl_iterate_phdr(Visit, &Wanted) == 1 ? 0 : -1;
}
