// RUN: %check torch-unchecked-partial-load %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <torchtidy/state_dict.h>

namespace nn = torch::nn;

void discarded(nn::Module &m, const torchtidy::StateDict &dict) {
  torchtidy::load_state_dict(m, dict, torchtidy::LoadOptions().strict(false));
  // CHECK: :[[@LINE-1]]:3: warning: the report of a load that is not strict is discarded: names that are missing or do not fit keep their old values unseen [torch-unchecked-partial-load]
}

void copyWhatIsFound(nn::Module &from, nn::Module &to) {
  torch::NoGradGuard no_grad;
  auto target = to.named_parameters();
  for (const auto &item : from.named_parameters()) {
    auto *found = target.find(item.key());
    if (found != nullptr) {
      found->copy_(item.value());
    }
    // CHECK: :[[@LINE-3]]:9: warning: a name that is not found here is skipped in silence: its tensor keeps its random values and nobody is told
  }
  auto buffers = to.named_buffers();
  for (const auto &item : from.named_buffers())
    if (buffers.contains(item.key()))
      buffers[item.key()].copy_(item.value());
  // CHECK: :[[@LINE-2]]:9: warning: a name that is not found here is skipped in silence
}

void copyFromMap(nn::Module &to, const std::map<std::string, torch::Tensor> &weights) {
  for (auto &p : to.named_parameters()) {
    auto it = weights.find(p.key());
    if (it == weights.end())
      continue;
    // CHECK: :[[@LINE-2]]:9: warning: a name that is not found here is skipped in silence
    p.value().set_data(it->second);
  }
}

void swallowed(nn::Linear &model) {
  try {
    torch::load(model, "model.pt");
  } catch (const c10::Error &) {
    // CHECK: :[[@LINE-1]]:5: warning: an exception of 'torch::load' is swallowed here, and the model goes on half loaded
    // CHECK: :[[@LINE-3]]:5: note: thrown by this call
  }
}

void swallowedAndUsed(nn::Linear model, torch::Device device) {
  try {
    torch::load(model, "model.pt");
    model->to(device);
  } catch (const std::exception &) {
    // CHECK: :[[@LINE-1]]:5: warning: an exception of 'torch::load' is swallowed here
    // CHECK: :[[@LINE-4]]:5: note: thrown by this call
  }
}
