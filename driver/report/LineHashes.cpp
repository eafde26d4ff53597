#include "report/LineHashes.h"
#include "support/Clang.h"
#include "llvm/Support/ConvertUTF.h"
#include <unordered_map>

using namespace llvm;

namespace torchtidy {
namespace {

constexpr size_t Window = 100;
constexpr uint64_t Base = 37;
constexpr UTF16 EndOfFile = 0xFFFF;

// Without spaces and tabs, every end of line a '\n', then the end of file and a window of zeros.
std::vector<UTF16> significantCharacters(StringRef Text) {
  SmallVector<UTF16, 0> Units;
  convertUTF8ToUTF16String(json::fixUTF8(Text), Units);
  std::vector<UTF16> Result;
  Result.reserve(Units.size() + Window + 1);
  UTF16 Previous = 0;
  for (UTF16 Unit : Units) {
    bool SecondHalf = Unit == '\n' && Previous == '\r';
    Previous = Unit;
    if (Unit != ' ' && Unit != '\t' && !SecondHalf)
      Result.push_back(Unit == '\r' ? UTF16('\n') : Unit);
  }
  Result.push_back(EndOfFile);
  Result.resize(Result.size() + Window, 0);
  return Result;
}

} // namespace

std::vector<std::string> lineHashes(StringRef Text) {
  std::vector<UTF16> Characters = significantCharacters(Text);
  std::vector<std::string> Result;
  std::unordered_map<uint64_t, unsigned> Seen;
  for (size_t Start = 0; Start + Window < Characters.size(); ++Start) {
    if (Start && Characters[Start - 1] != '\n')
      continue;
    uint64_t Hash = 0;
    for (size_t I = Start; I < Start + Window; ++I)
      Hash = Hash * Base + Characters[I];
    Result.push_back(utohexstr(Hash, /*LowerCase=*/true) + ":" + std::to_string(++Seen[Hash]));
  }
  return Result;
}

} // namespace torchtidy
