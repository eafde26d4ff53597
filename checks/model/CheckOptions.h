// Check options that are numbers or truth values. The templates of OptionsView cannot be used: GCC
// mangles their enable_if otherwise than Clang does, so that a plugin built with GCC does not find
// them in the host.
#ifndef TORCHTIDY_CHECKS_MODEL_CHECKOPTIONS_H
#define TORCHTIDY_CHECKS_MODEL_CHECKOPTIONS_H

#include "model/Clang.h"

namespace torchtidy {

inline bool boolOption(const clang::tidy::ClangTidyCheck::OptionsView &Options,
                       llvm::StringRef Name, bool Default) {
  llvm::StringRef Value = Options.get(Name, Default ? "true" : "false");
  return Value.equals_insensitive("true") || Value == "1";
}

inline void storeBool(const clang::tidy::ClangTidyCheck::OptionsView &Options,
                      clang::tidy::ClangTidyOptions::OptionMap &Map, llvm::StringRef Name,
                      bool Value) {
  Options.store(Map, Name, llvm::StringRef(Value ? "true" : "false"));
}

/// A semicolon-separated list.
inline std::vector<std::string> listOption(llvm::StringRef Value) {
  llvm::SmallVector<llvm::StringRef, 8> Parts;
  Value.split(Parts, ';', -1, /*KeepEmpty=*/false);
  std::vector<std::string> Names;
  for (llvm::StringRef Part : Parts)
    Names.push_back(Part.trim().str());
  return Names;
}

} // namespace torchtidy

#endif
