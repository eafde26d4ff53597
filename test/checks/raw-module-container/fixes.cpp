// RUN: cp %s %t.cpp
// Archives written before lack the new keys: only on a note.
// RUN: %check torch-raw-module-container %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-raw-module-container %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
// The result compiles, and only what has no fix is left.
// RUN: %check torch-raw-module-container %t.cpp | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

struct NetImpl : nn::Module {
  NetImpl() {
    for (int i = 0; i < 3; ++i)
      layers.push_back(nn::Linear(2, 2));
    // FIXED: {{^}}      layers.push_back(register_module("layers_" + std::to_string(layers.size()), nn::Linear(2, 2)));
    pointers_.push_back(std::make_shared<nn::LinearImpl>(2, 2));
    // FIXED: {{^}}    pointers_.push_back(register_module("pointers_" + std::to_string(pointers_.size()), std::make_shared<nn::LinearImpl>(2, 2)));
    nn::Conv2d conv(nn::Conv2dOptions(1, 1, 3));
    convs.push_back(conv);
    // FIXED: {{^}}    convs.push_back(register_module("convs_" + std::to_string(convs.size()), conv));
    queue.emplace_back(nn::Linear(2, 2));
    // FIXED: {{^}}    queue.emplace_back(register_module("queue_" + std::to_string(queue.size()), nn::Linear(2, 2)));
    in_place.emplace_back(2, 2);
    // FIXED: {{^}}    in_place.emplace_back(register_module("in_place_" + std::to_string(in_place.size()), nn::Linear(2, 2)));
    later();
  }
  void later() {
    twice.push_back(nn::Linear(2, 2));
    // FIXED: {{^}}    twice.push_back(register_module("twice_" + std::to_string(twice.size()), nn::Linear(2, 2)));
    twice.push_back(nn::Linear(2, 4));
    // FIXED: {{^}}    twice.push_back(register_module("twice_" + std::to_string(twice.size()), nn::Linear(2, 4)));
  }
  std::vector<nn::Linear> layers;
  std::vector<std::shared_ptr<nn::LinearImpl>> pointers_;
  std::vector<nn::Conv2d> convs;
  std::deque<nn::Linear> queue;
  std::vector<nn::Linear> twice, in_place;
};

// Nothing to wrap: the place has no name that counts, or register_module does not take
// such an element.
struct NoFixImpl : nn::Module {
  NoFixImpl() {
    std::vector<nn::Linear> local;
    local.push_back(nn::Linear(2, 2));
    // FIXED: {{^}}    local.push_back(nn::Linear(2, 2));
    moved = std::move(local);
    anys.push_back(nn::AnyModule(nn::Linear(2, 2)));
    // FIXED: {{^}}    anys.push_back(nn::AnyModule(nn::Linear(2, 2)));
    uniques.push_back(std::make_unique<nn::LinearImpl>(2, 2));
    // FIXED: {{^}}    uniques.push_back(std::make_unique<nn::LinearImpl>(2, 2));
  }
  std::vector<nn::AnyModule> anys;
  // CHECK: :[[@LINE-1]]:30: warning: 'anys' holds modules that are never registered
  std::vector<std::unique_ptr<nn::LinearImpl>> uniques;
  // CHECK: :[[@LINE-1]]:48: warning: 'uniques' holds modules that are never registered
  std::vector<nn::Linear> moved;
  // CHECK: :[[@LINE-1]]:27: warning: 'moved' holds modules that are never registered
};
