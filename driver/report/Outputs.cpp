#include "report/Outputs.h"
#include "report/Formats.h"
#include "support/AtomicWrite.h"
#include "support/Clang.h"
#include "support/Messages.h"
#include "support/RedirectedOutput.h"

using namespace llvm;

namespace torchtidy {
namespace {

constexpr std::pair<StringLiteral, OutputFormat> Names[] = {
    {"text", OutputFormat::Text},     {"clang-tidy", OutputFormat::ClangTidy},
    {"json", OutputFormat::Json},     {"sarif", OutputFormat::Sarif},
    {"github", OutputFormat::Github}, {"gitlab", OutputFormat::Gitlab},
    {"junit", OutputFormat::Junit},   {"rdjson", OutputFormat::Rdjson},
    {"html", OutputFormat::Html},
};

Error parseOne(StringRef Spec, Output &Result) {
  auto [Name, File] = Spec.split(':');
  for (const auto &[Known, Format] : Names) {
    if (Name != Known)
      continue;
    Result.Format = Format;
    if (Name.size() < Spec.size() && File.empty())
      return failure("--output-format '" + Spec + "' names no file. Next: " + Name + ":FILE");
    Result.File = File == "-" ? "" : File.str();
    return Error::success();
  }
  return failure("unknown --output-format '" + Name + "'. Next: one of " + outputFormatNames());
}

// Found out before a long run, not after it.
Error checkWritable(StringRef File) {
  if (sys::fs::is_directory(File))
    return failure("cannot write '" + File + "': it is a directory. Next: name a file");
  StringRef Folder = sys::path::parent_path(File);
  if (Folder.empty())
    Folder = ".";
  std::error_code EC = sys::fs::access(Folder, sys::fs::AccessMode::Write);
  if (EC && !sys::fs::exists(File))
    return failure("cannot write '" + File + "': directory '" + Folder + "': " + EC.message() +
                   ". Next: make the directory, or name another file");
  return Error::success();
}

// Readers of a regular file see the old one or the new one, never a part.
Error writeFile(StringRef File, function_ref<void(raw_ostream &)> Write) {
  auto Failed = [&](const Twine &Why) {
    return failure("cannot write '" + File + "': " + Why + ". Next: name another file");
  };
  sys::fs::file_status Stat;
  if (!sys::fs::status(File, Stat) && Stat.type() != sys::fs::file_type::regular_file) {
    std::error_code EC; // a pipe or a device
    raw_fd_ostream OS(File, EC);
    if (EC)
      return Failed(EC.message());
    Write(OS);
    OS.close();
    EC = OS.error();
    OS.clear_error();
    return EC ? Failed(EC.message()) : Error::success();
  }
  std::string Text;
  raw_string_ostream OS(Text);
  Write(OS);
  return writeAtomically(File, OS.str());
}

CutNotice print(OutputFormat Format, const FindingList &List, bool Color, raw_ostream &OS) {
  switch (Format) {
  case OutputFormat::Text:
    printText(List, Color, OS);
    return "";
  case OutputFormat::ClangTidy:
    break; // clang-tidy prints on its own
  case OutputFormat::Json:
    printJson(List, OS);
    return "";
  case OutputFormat::Sarif:
    return printSarif(List, OS);
  case OutputFormat::Github:
    return printGithub(List, OS);
  case OutputFormat::Gitlab:
    printGitlab(List, OS);
    return "";
  case OutputFormat::Junit:
    printJunit(List, OS);
    return "";
  case OutputFormat::Rdjson:
    printRdjson(List, OS);
    return "";
  case OutputFormat::Html:
    printHtml(List, OS);
    return "";
  }
  return "";
}

} // namespace

std::string outputFormatNames() {
  std::string Result;
  for (const auto &[Name, Format] : Names)
    Result += (Result.empty() ? "" : ", ") + Name.str();
  return Result;
}

Expected<std::vector<Output>> parseOutputs(const std::vector<std::string> &Formats,
                                           const std::string &File) {
  std::vector<Output> Result;
  for (const std::string &Spec : Formats)
    if (Error E = parseOne(Spec, Result.emplace_back()))
      return std::move(E);
  if (Result.empty())
    Result.emplace_back();
  auto Unnamed = [](const Output &O) { return !O.isFile(); };
  if (llvm::count_if(Result, Unnamed) > 1)
    return failure("two output formats cannot both go to standard output. Next: give one of them a "
                   "file, as in --output-format sarif:report.sarif");
  if (!File.empty()) {
    auto It = llvm::find_if(Result, Unnamed);
    if (It == Result.end())
      return failure(
          "--output-file '" + File +
          "' has no format to take: each --output-format names its own file. Next: leave "
          "it out");
    It->File = File == "-" ? "" : File;
  }
  for (const Output &O : Result)
    if (O.isFile())
      if (Error E = checkWritable(O.File))
        return std::move(E);
  return Result;
}

Error writeOutputs(ArrayRef<Output> Outputs, const RunReport &Report, SourceFiles &Sources,
                   function_ref<void()> PrintTidyText, std::vector<std::string> &Notices) {
  FindingList List = resolveFindings(Report, Sources);
  for (const Output &O : Outputs) {
    if (O.Format == OutputFormat::ClangTidy)
      continue;
    auto Write = [&](raw_ostream &OS) {
      if (CutNotice Cut = print(O.Format, List, Report.Color && !O.isFile(), OS); !Cut.empty())
        Notices.push_back(std::move(Cut));
    };
    if (O.isFile()) {
      if (Error E = writeFile(O.File, Write))
        return E;
    } else {
      Write(outs());
      outs().flush();
    }
  }
  for (const Output &O : Outputs) {
    if (O.Format != OutputFormat::ClangTidy)
      continue;
    if (!O.isFile()) {
      PrintTidyText();
      continue;
    }
    auto Text = captured(PrintTidyText);
    if (!Text)
      return Text.takeError();
    if (Error E = writeFile(O.File, [&](raw_ostream &OS) { OS << *Text; }))
      return E;
  }
  return Error::success();
}

} // namespace torchtidy
