// Reading and writing check options by their text. ClangTidyCheck's typed get<bool> and store<bool>
// are templates whose symbol names differ between GCC and Clang, so a plugin built with GCC could
// not be loaded into a host built with Clang; the string overloads have one name.
#ifndef TORCHTIDY_CHECKS_CHECKOPTIONS_H
#define TORCHTIDY_CHECKS_CHECKOPTIONS_H

#include "model/Clang.h"

namespace torchtidy {

inline bool readBool(const clang::tidy::ClangTidyCheck::OptionsView &Options, llvm::StringRef Name,
                     bool Default) {
  llvm::StringRef Text = Options.get(Name, Default ? "true" : "false");
  if (Text.equals_insensitive("true") || Text == "1")
    return true;
  return Text.equals_insensitive("false") || Text == "0" ? false : Default;
}

inline void storeBool(const clang::tidy::ClangTidyCheck::OptionsView &Options,
                      clang::tidy::ClangTidyOptions::OptionMap &Map, llvm::StringRef Name,
                      bool Value) {
  Options.store(Map, Name, llvm::StringRef(Value ? "true" : "false"));
}

} // namespace torchtidy

#endif
