// The C++ side of state_peer.py: reads a state dict in any format and writes it in another; or only reads it, and
// says how long that took.
//
//   state_peer <in> <out.pt | out.safetensors>
//   state_peer <in> --time

#include <torchtidy/state_files.h>

#include <torch/torch.h>

#include <chrono>
#include <iostream>
#include <string>

namespace {

int time_loading(const std::string& path) {
  const auto shapes = torchtidy::read_safetensors(path);
  torch::nn::Module module;
  for (const auto& item : shapes) {
    module.register_buffer(item.key(), torch::zeros(item.value().sizes(), item.value().options()));
  }
  const auto start = std::chrono::steady_clock::now();
  const auto report = torchtidy::load_state_dict(module, torchtidy::read_safetensors(path));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << seconds.count() << ' ' << report.loaded.size() << '\n';
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: state_peer <in> <out.pt | out.safetensors | --time>\n";
    return 2;
  }
  const std::string in = argv[1];
  const std::string out = argv[2];
  try {
    if (out == "--time") {
      return time_loading(in);
    }
    const auto dict = torchtidy::read_state_dict(in);
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
