// RUN: %check torch-unregistered-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Whose code cannot be told from LibTorch's is not judged: its registrations are not looked at either.
#include "in-torch-namespace.h"

namespace torch {
namespace nn {
template <typename Block> OwnNetImpl<Block>::OwnNetImpl(int64_t classes) : fc(64, classes) {
  register_module("bn", bn);
  register_module("fc", fc);
}
template <typename Block> torch::Tensor OwnNetImpl<Block>::forward(torch::Tensor x) { return fc->forward(bn->forward(x)); }
template class OwnNetImpl<int>;
} // namespace nn
} // namespace torch
