#include "engine/Shard.h"
#include "support/Digest.h"
#include "support/Messages.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace torchtidy {

bool Shard::holds(StringRef Path) const { return xxh3_64bits(Path) % Count == Index - 1; }

std::string Shard::text() const { return std::to_string(Index) + " of " + std::to_string(Count); }

std::optional<Shard> Shard::make(uint64_t Index, uint64_t Count) {
  constexpr uint64_t MostParts = 10000;
  if (Index < 1 || Index > Count || Count > MostParts)
    return std::nullopt;
  return Shard{unsigned(Index), unsigned(Count)};
}

std::string digestOfPaths(std::vector<std::string> Paths) {
  llvm::sort(Paths);
  std::string Text;
  for (const std::string &Path : Paths)
    Text += Path + '\0';
  return hexDigest(Text).substr(0, 32);
}

Expected<Shard> parseShard(StringRef Text) {
  auto [IndexText, CountText] = Text.split('/');
  uint64_t Index = 0, Count = 0;
  if (!IndexText.getAsInteger(10, Index) && !CountText.getAsInteger(10, Count))
    if (auto Result = Shard::make(Index, Count))
      return *Result;
  return failure("--shard '" + Text +
                 "' is no part of a whole. Next: write i/n with i from 1 to n, as "
                 "in --shard 2/3");
}

} // namespace torchtidy
