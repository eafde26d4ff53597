// The C++ side of state_peer.py: reads a state dict in any format and writes it in another; or only reads it,
// and says how long that took; or writes what the initialisers make; or loads "model.*" of a state dict into
// a model, and writes the model's own state with its "output" for the "input".
//
//   state_peer <in> <out.pt | out.safetensors>
//   state_peer <in> --time
//   state_peer --init <out.pt>
//   state_peer <in> <out.pt> tolerant
//   state_peer <in.pt> <out.pt> <resnet18 | resnet34 | resnet50 | encoder | pre-norm-encoder>

#include <torchtidy/init.h>
#include <torchtidy/resnet.h>
#include <torchtidy/state_files.h>

#include <torch/torch.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

namespace {

/// Memory of this process that no file backs, in bytes.
size_t anonymous_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, 8, "RssAnon:") == 0) {
      return std::stoull(line.substr(8)) * 1024;
    }
  }
  return 0;
}

/// The most that `anonymous_memory` grows while this lives.
class MemoryWatch {
 public:
  MemoryWatch() : start_(anonymous_memory()), thread_([this] { run(); }) {}
  ~MemoryWatch() {
    if (thread_.joinable()) {
      stop();
    }
  }
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  size_t stop() {
    stopped_ = true;
    thread_.join();
    return peak_ > start_ ? peak_ - start_ : 0;
  }

 private:
  void run() {
    while (!stopped_) {
      peak_ = std::max(peak_, anonymous_memory());
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  size_t start_;
  size_t peak_ = 0;
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

/// Prints seconds, and bytes of additional memory, of one load into a module of the same shapes.
int time_loading(const std::string& path) {
  torch::nn::Module module;
  {
    const auto shapes = torchtidy::read_safetensors(path);
    for (const auto& item : shapes) {
      module.register_buffer(item.key(), torch::zeros(item.value().sizes(), item.value().options()));
    }
  }
  MemoryWatch memory;
  const auto start = std::chrono::steady_clock::now();
  const auto report = torchtidy::load_state_dict(module, torchtidy::read_safetensors(path));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << seconds.count() << ' ' << memory.stop() << ' ' << report.loaded.size() << '\n';
  return report.complete() ? 0 : 1;
}

/// One tensor an initialiser, under the name of Python's function; the arguments stand in
/// state_peer.py.
torchtidy::StateDict initialised() {
  namespace init = torchtidy::init;
  const std::pair<const char*, torchtidy::Initializer> initialisers[] = {
      {"uniform_", init::uniform(-2, 5)},
      {"normal_", init::normal(3, 0.5)},
      {"trunc_normal_", init::trunc_normal(1, 2, -1, 4)},
      {"xavier_uniform_", init::xavier_uniform(1.5)},
      {"xavier_normal_", init::xavier_normal(1.5)},
      {"kaiming_uniform_", init::kaiming_uniform(0.2)},
      {"kaiming_normal_", init::kaiming_normal(0, torchtidy::Fan::out, "relu")},
      {"orthogonal_", init::orthogonal(2)},
      {"sparse_", init::sparse(0.25, 2)},
      {"constant_", init::constant(3)},
      {"ones_", init::ones()},
      {"zeros_", init::zeros()},
      {"eye_", init::eye()},
      {"dirac_", init::dirac()},
  };
  torch::manual_seed(11);
  torchtidy::StateDict dict;
  for (const auto& [name, initialise] : initialisers) {
    // dirac_ wants the weight of a convolution.
    const auto tensor = name == std::string("dirac_") ? torch::empty({16, 24, 5}) : torch::empty({160, 240});
    initialise(tensor);
    dict.insert(name, tensor);
  }
  return dict;
}

template <typename Model>
torchtidy::StateDict run_model(Model model, const torchtidy::StateDict& in) {
  torch::NoGradGuard no_grad;
  model->eval();
  torchtidy::StateDict weights;
  for (const auto& item : in) {
    if (item.key() != "input") {
      weights.insert(item.key(), item.value());
    }
  }
  const auto report = torchtidy::load_state_dict(model, weights, torchtidy::LoadOptions().prefix("model."));
  TORCH_CHECK(report.complete(), report.to_string());
  torchtidy::StateDict out;
  for (const auto& item : torchtidy::state_dict(model)) {
    out.insert("model." + item.key(), item.value());
  }
  out.insert("output", model->forward(in["input"]));
  return out;
}

torchtidy::StateDict run_named_model(const std::string& name, const torchtidy::StateDict& in) {
  if (name == "resnet18") {
    return run_model(torchtidy::resnet18(), in);
  }
  if (name == "resnet34") {
    return run_model(torchtidy::resnet34(), in);
  }
  if (name == "resnet50") {
    return run_model(torchtidy::resnet50(), in);
  }
  const bool pre = name == "pre-norm-encoder";
  TORCH_CHECK(pre || name == "encoder", "unknown model ", name);
  const auto options = torchtidy::EncoderBlockOptions(32, 4)
                           .dim_feedforward(64)
                           .activation("gelu")
                           .norm_first(pre)
                           .batch_first(pre);
  return run_model(torchtidy::EncoderBlock(options), in);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::cerr << "usage: state_peer <in | --init> <out.pt | out.safetensors | --time> [<model>]\n";
    return 2;
  }
  torch::set_num_threads(1);
  const std::string in = argv[1];
  const std::string out = argv[2];
  try {
    if (out == "--time") {
      return time_loading(in);
    }
    const bool tolerant = argc == 4 && argv[3] == std::string("tolerant");
    torchtidy::ReadReport report;
    const auto how = tolerant ? torchtidy::ReadOptions().tolerant(report) : torchtidy::ReadOptions();
    auto dict = in == "--init" ? initialised() : torchtidy::read_state_dict(in, how);
    if (argc == 4 && !tolerant) {
      dict = run_named_model(argv[3], dict);
    }
    if (out.size() > 3 && out.compare(out.size() - 3, 3, ".pt") == 0) {
      torchtidy::write_torch(dict, out);
    } else {
      torchtidy::write_safetensors(dict, out);
    }
  } catch (const c10::Error& error) {
    std::cerr << error.what_without_backtrace() << '\n';
    return 1;
  }
  return 0;
}
