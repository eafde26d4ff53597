// RUN: cp %s %t.cpp
// RUN: %check torch-unchecked-partial-load %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

#define COPY_IF(TO, FROM)                                                                          \
  if (auto *found = (TO).find((FROM).key()))                                                       \
  found->data().copy_((FROM).value())

template <typename Net> void copy(Net &from, Net &to) {
  auto target = to->named_parameters();
  for (const auto &item : from->named_parameters())
    COPY_IF(target, item);
  // CHECK: :[[@LINE-1]]:5: warning: a name that is not found here is skipped in silence
}
template <typename Net> void never(Net &from, Net &to) {
  auto target = to->named_parameters();
  for (const auto &item : from->named_parameters())
    if (auto *found = target.find(item.key()))
      found->data().copy_(item.value());
}
void use(nn::Linear a, nn::Linear b) { copy(a, b); }
