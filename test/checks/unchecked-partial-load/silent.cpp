// RUN: %check torch-unchecked-partial-load %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <torchtidy/state_dict.h>

namespace nn = torch::nn;

// The report is read, or the load is strict and throws, or it is discarded aloud.
void reports(nn::Module &m, const torchtidy::StateDict &dict) {
  auto report = torchtidy::load_state_dict(m, dict, torchtidy::LoadOptions().strict(false));
  if (!report.missing.empty())
    throw std::runtime_error("missing");
  torchtidy::load_state_dict(m, dict);
  torchtidy::load_state_dict(m, dict, torchtidy::LoadOptions().strict(true));
  (void)torchtidy::load_state_dict(m, dict, torchtidy::LoadOptions().strict(false));
}

// Missing names are told, counted, collected or fatal.
void told(nn::Module &from, nn::Module &to) {
  auto target = to.named_parameters();
  for (const auto &item : from.named_parameters()) {
    if (auto *found = target.find(item.key()))
      found->data().copy_(item.value());
    else
      std::cerr << "missing " << item.key() << "\n";
  }
  for (const auto &item : from.named_parameters()) {
    auto *found = target.find(item.key());
    if (!found) {
      std::cerr << "missing " << item.key() << "\n";
      continue;
    }
    found->data().copy_(item.value());
  }
  for (const auto &item : from.named_parameters()) {
    auto *found = target.find(item.key());
    if (!found)
      throw std::runtime_error(item.key());
    found->data().copy_(item.value());
  }
  for (const auto &item : from.named_parameters()) {
    auto *found = target.find(item.key());
    TORCH_CHECK(found, "no ", item.key());
    found->data().copy_(item.value());
  }
}
int counted(nn::Module &from, nn::Module &to) {
  int copied = 0;
  std::vector<std::string> missing;
  auto target = to.named_parameters();
  for (const auto &item : from.named_parameters())
    if (auto *found = target.find(item.key())) {
      found->data().copy_(item.value());
      ++copied;
    }
  for (const auto &item : from.named_parameters()) {
    auto *found = target.find(item.key());
    if (!found)
      missing.push_back(item.key());
    else
      found->data().copy_(item.value());
  }
  return copied;
}

// operator[] throws for a name that is not there.
void throwing(nn::Module &from, nn::Module &to) {
  auto target = to.named_parameters();
  for (const auto &item : from.named_parameters())
    target[item.key()].data().copy_(item.value());
}

// No loading: a test of something else, a search for one name.
void others(nn::Module &m) {
  for (auto &item : m.named_parameters()) {
    if (item.key().find("bias") != std::string::npos)
      nn::init::zeros_(item.value());
    if (item.value().requires_grad())
      item.value().data().mul_(2);
  }
}

// The exception is told, passed on or answered.
bool loads(nn::Linear &model) {
  try {
    torch::load(model, "a.pt");
  } catch (const std::exception &e) {
    std::cerr << e.what() << "\n";
  }
  try {
    torch::load(model, "a.pt");
  } catch (...) {
    throw std::runtime_error("no a.pt");
  }
  bool loaded = true;
  try {
    torch::load(model, "a.pt");
  } catch (...) {
    loaded = false;
  }
  try {
    torch::load(model, "b.pt");
  } catch (...) {
    return false;
  }
  // Not a load of weights.
  try {
    std::stoi("x");
  } catch (...) {
  }
  return loaded;
}

// A target network takes over what a network of its own class has learnt.
struct QNetImpl : torch::nn::Module {
  QNetImpl() { fc = register_module("fc", torch::nn::Linear(2, 2)); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(QNet);
void updateTarget(QNet &online, QNet &target) {
  torch::NoGradGuard noGrad;
  auto fresh = online->named_parameters(true);
  auto old = target->named_parameters(true);
  for (auto &item : fresh) {
    auto *tensor = old.find(item.key());
    if (tensor != nullptr)
      tensor->copy_(item.value());
  }
}

// The same of a class whose constructor stands elsewhere.
struct CriticImpl : torch::nn::Module {
  explicit CriticImpl(int64_t width);
};
void startTarget(std::shared_ptr<CriticImpl> critic, std::shared_ptr<CriticImpl> target) {
  auto source = critic->named_parameters();
  auto parameters = target->named_parameters();
  for (const auto &item : source)
    if (parameters.contains(item.key()))
      parameters[item.key()].copy_(item.value());
}

// What is half loaded goes, or what follows the load says that it went well.
QNet anewOtherwise(const std::string &path) {
  try {
    QNet net;
    torch::load(net, path);
    return net;
  } catch (const c10::Error &) {
  }
  QNet other;
  bool loaded = false;
  try {
    torch::load(other, path);
    loaded = true;
  } catch (const c10::Error &) {
  }
  return loaded ? other : QNet();
}
bool oneOf(QNet net, const std::vector<std::string> &paths) {
  for (const auto &path : paths) {
    try {
      torch::load(net, path);
      return true;
    } catch (const c10::Error &) {
      continue;
    }
  }
  return false;
}
// No module, or no handler of what it throws.
void noModel(torch::optim::Adam &optimizer, std::vector<torch::Tensor> &list, QNet net) {
  try {
    torch::load(optimizer, "optimizer.pt");
  } catch (const c10::Error &) {
  }
  try {
    torch::load(list, "list.pt");
  } catch (...) {
  }
  try {
    torch::load(net, "net.pt");
  } catch (const std::ios_base::failure &) {
  }
}

// Names are picked, not looked up.
void allButTheHead(torch::nn::Module &from, torch::nn::Module &to) {
  auto source = from.named_parameters();
  for (auto &p : to.named_parameters())
    if (p.key().find("head") == std::string::npos)
      p.value().data().copy_(source[p.key()]);
}
// Averages and backups hold what was put in.
struct Average {
  std::map<std::string, torch::Tensor> shadow, backup;
  void update(torch::nn::Module &m, double decay) {
    torch::NoGradGuard noGrad;
    for (auto &p : m.named_parameters()) {
      auto it = shadow.find(p.key());
      if (it == shadow.end())
        continue;
      it->second.copy_(it->second * decay + p.value() * (1 - decay));
    }
  }
  void restore(torch::nn::Module &m) {
    torch::NoGradGuard noGrad;
    for (auto &p : m.named_parameters())
      if (backup.count(p.key()))
        p.value().copy_(backup[p.key()]);
  }
};
// All were asked for before.
void strict(torch::nn::Module &m, const std::map<std::string, torch::Tensor> &weights) {
  TORCH_CHECK(weights.size() == m.named_parameters().size());
  torch::NoGradGuard noGrad;
  for (auto &p : m.named_parameters()) {
    auto it = weights.find(p.key());
    if (it != weights.end())
      p.value().copy_(it->second);
  }
}
