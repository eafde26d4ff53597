// The link beside a finding. Clangd makes it from the check's name and ends up at a page of
// clang.llvm.org that does not exist; ours leads to the rule's page as installed, or goes away.
// Clangd calls the function that makes it from within the same object file, where --wrap cannot
// reach, so the diagnostics are put right on their way to the editor.
#include "RuleTable.h"
#include "Wrap.h"
#include "support/FilePaths.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include <cstdio>

using namespace llvm;

namespace clang::clangd {
// Clangd's interface between server and wire, as in LLVM 19 to 22. It is in no installed header.
class Transport {
public:
  virtual ~Transport() = default;
  virtual void notify(StringRef Method, json::Value Params) = 0;
  virtual void call(StringRef Method, json::Value Params, json::Value ID) = 0;
  virtual void reply(json::Value ID, Expected<json::Value> Result) = 0;
  class MessageHandler;
  virtual Error loop(MessageHandler &) = 0;
};
enum JSONStreamStyle { Standard, Delimited };
} // namespace clang::clangd

namespace torchtidy {
namespace {
using clang::clangd::JSONStreamStyle;
using clang::clangd::Transport;

// A folder with the rules' pages: of the installation, else of the source tree built from.
std::string pagesDirectory() {
  SmallString<256> Installed;
  if (!sys::fs::real_path("/proc/self/exe", Installed)) {
    sys::path::remove_filename(Installed);
    sys::path::append(Installed, TORCHTIDY_PAGES_FROM_PROGRAM);
    sys::path::remove_dots(Installed, /*remove_dot_dot=*/true);
    if (sys::fs::is_directory(Installed))
      return std::string(Installed);
  }
  return sys::fs::is_directory(TORCHTIDY_PAGES_SOURCE) ? TORCHTIDY_PAGES_SOURCE : "";
}

void setRulePage(json::Object &Diagnostic, StringRef Pages) {
  auto Code = Diagnostic.getString("code");
  const RuleInfo *Rule = Code && Code->starts_with("torch-") ? findRule(*Code) : nullptr;
  if (!Rule || !Diagnostic.get("codeDescription"))
    return;
  std::string Page = (Pages + "/" + Rule->Slug + ".md").str();
  if (Pages.empty() || !sys::fs::exists(Page))
    Diagnostic.erase("codeDescription");
  else
    Diagnostic["codeDescription"] = json::Object{{"href", fileURI(Page)}};
}

class PagesTransport : public Transport {
public:
  explicit PagesTransport(std::unique_ptr<Transport> Inner) : Inner(std::move(Inner)) {}

  void notify(StringRef Method, json::Value Params) override {
    if (Method == "textDocument/publishDiagnostics")
      if (json::Object *Message = Params.getAsObject())
        if (json::Array *Diagnostics = Message->getArray("diagnostics"))
          for (json::Value &Diagnostic : *Diagnostics)
            if (json::Object *Fields = Diagnostic.getAsObject())
              setRulePage(*Fields, Pages);
    Inner->notify(Method, std::move(Params));
  }
  void call(StringRef Method, json::Value Params, json::Value ID) override {
    Inner->call(Method, std::move(Params), std::move(ID));
  }
  void reply(json::Value ID, Expected<json::Value> Result) override {
    Inner->reply(std::move(ID), std::move(Result));
  }
  Error loop(MessageHandler &Handler) override { return Inner->loop(Handler); }

private:
  std::unique_ptr<Transport> Inner;
  std::string Pages = pagesDirectory();
};

} // namespace

#define NEW_TRANSPORT                                                                              \
  "_ZN5clang6clangd16newJSONTransportEP8_IO_FILERN4llvm11raw_ostreamEPS4_bNS0_15JSONStreamStyleE"
std::unique_ptr<Transport> theirJSONTransport(std::FILE *In, raw_ostream &Out, raw_ostream *Mirror,
                                              bool Pretty, JSONStreamStyle Style)
    TORCHTIDY_THEIRS(NEW_TRANSPORT);
std::unique_ptr<Transport> ourJSONTransport(std::FILE *In, raw_ostream &Out, raw_ostream *Mirror,
                                            bool Pretty, JSONStreamStyle Style)
    TORCHTIDY_OURS(NEW_TRANSPORT);

std::unique_ptr<Transport> ourJSONTransport(std::FILE *In, raw_ostream &Out, raw_ostream *Mirror,
                                            bool Pretty, JSONStreamStyle Style) {
  return std::make_unique<PagesTransport>(theirJSONTransport(In, Out, Mirror, Pretty, Style));
}

} // namespace torchtidy
