#include "support/UnifiedDiff.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include <string>
#include <vector>

using namespace llvm;

namespace torchtidy {
namespace {

constexpr int Context = 3;

// A line of the result: ' ' kept, '-' removed, '+' added.
struct Edit {
  char Kind;
  StringRef Line;
};

// With their ends of line, so that a changed one is a difference.
std::vector<StringRef> splitLines(StringRef Text) {
  std::vector<StringRef> Lines;
  while (!Text.empty()) {
    size_t Length = std::min(Text.find('\n'), Text.size() - 1) + 1;
    Lines.push_back(Text.take_front(Length));
    Text = Text.drop_front(Length);
  }
  return Lines;
}

// Myers' greedy algorithm. Reached[D] holds, for each diagonal from -D to D, how far into A one
// gets with D edits.
std::vector<Edit> editScript(ArrayRef<StringRef> A, ArrayRef<StringRef> B) {
  int N = int(A.size()), M = int(B.size());
  std::vector<std::vector<int>> Reached;
  auto from = [&](int D, int K) { // the best start on diagonal K with one edit more than D
    const std::vector<int> &R = Reached[size_t(D)];
    int Down = K + 1 <= D ? R[size_t(K + 1 + D)] : -1;
    int Right = K - 1 >= -D ? R[size_t(K - 1 + D)] + 1 : -1;
    return Right > Down ? std::pair(Right, K - 1) : std::pair(Down, K + 1);
  };
  bool Done = false;
  for (int D = 0; !Done; ++D) {
    std::vector<int> Row(size_t(2 * D + 1), -1);
    for (int K = -D; K <= D && !Done; K += 2) {
      int X = D == 0 ? 0 : from(D - 1, K).first;
      while (X >= 0 && X - K >= 0 && X < N && X - K < M && A[size_t(X)] == B[size_t(X - K)])
        ++X;
      Row[size_t(K + D)] = X;
      Done = X >= N && X - K >= M;
    }
    Reached.push_back(std::move(Row));
  }
  std::vector<Edit> Edits;
  int X = N, Y = M;
  for (int D = int(Reached.size()) - 1; D >= 0; --D) {
    int Start = D == 0 ? 0 : from(D - 1, X - Y).first;
    for (; X > Start; --X, --Y)
      Edits.push_back({' ', A[size_t(X - 1)]});
    if (D == 0)
      break;
    if (from(D - 1, X - Y).second == X - Y - 1)
      Edits.push_back({'-', A[size_t(--X)]});
    else
      Edits.push_back({'+', B[size_t(--Y)]});
  }
  std::reverse(Edits.begin(), Edits.end());
  return Edits;
}

std::string range(int Start, int Count) {
  // An empty range is named by the line before it.
  std::string Text = std::to_string(Count == 0 ? Start - 1 : Start);
  return Count == 1 ? Text : Text + "," + std::to_string(Count);
}

void printHunk(ArrayRef<Edit> Edits, int Old, int New, raw_ostream &OS) {
  int OldCount = int(count_if(Edits, [](const Edit &E) { return E.Kind != '+'; }));
  int NewCount = int(count_if(Edits, [](const Edit &E) { return E.Kind != '-'; }));
  OS << "@@ -" << range(Old, OldCount) << " +" << range(New, NewCount) << " @@\n";
  for (const Edit &E : Edits) {
    OS << E.Kind << E.Line;
    if (!E.Line.ends_with("\n"))
      OS << "\n\\ No newline at end of file\n";
  }
}

} // namespace

void printUnifiedDiff(StringRef Name, StringRef Before, StringRef After, raw_ostream &OS) {
  if (Before == After)
    return;
  // git ends a name that has spaces with a tab, so that patch does not take a date for part of it.
  StringRef End = Name.contains(' ') ? "\t\n" : "\n";
  OS << "--- a/" << Name << End << "+++ b/" << Name << End;
  std::vector<StringRef> A = splitLines(Before), B = splitLines(After);
  std::vector<Edit> Edits = editScript(A, B);
  int Old = 1, New = 1; // the line numbers of Edits[I]
  for (size_t I = 0; I < Edits.size();) {
    if (Edits[I].Kind == ' ') {
      ++I, ++Old, ++New;
      continue;
    }
    size_t Lead = std::min<size_t>(Context, I);
    while (Lead > 0 && Edits[I - Lead].Kind != ' ')
      --Lead;
    size_t End = I, Kept = 0; // a hunk goes on until more than two contexts are kept
    while (End < Edits.size() && Kept <= 2 * Context)
      Kept = Edits[End++].Kind == ' ' ? Kept + 1 : 0;
    End -= Kept > Context ? Kept - Context : 0;
    printHunk(ArrayRef(Edits).slice(I - Lead, End - I + Lead), Old - int(Lead), New - int(Lead),
              OS);
    for (; I < End; ++I) {
      Old += Edits[I].Kind != '+';
      New += Edits[I].Kind != '-';
    }
  }
}

} // namespace torchtidy
