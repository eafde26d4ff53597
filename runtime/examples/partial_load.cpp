// Takes the weights of a trained network into one with another head: what fits is loaded, the rest begins
// anew.
//
//   partial_load [net.safetensors]

#include "residual_net.h"

#include <torchtidy/state_dict.h>
#include <torchtidy/state_files.h>

#include <iostream>

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "net.safetensors";
  torch::manual_seed(1);
  ResidualNet trained(3);
  torchtidy::write_safetensors(torchtidy::state_dict(trained), path);

  ResidualNet next(5);
  const auto report = torchtidy::load_state_dict(
      next, torchtidy::read_state_dict(path), torchtidy::LoadOptions().strict(false));
  std::cout << report << '\n';
  const auto before = next->fc->weight.clone();
  const auto reset = torchtidy::reset_missing(next, report);

  TORCH_CHECK(reset == std::vector<std::string>({"fc.weight", "fc.bias"}), "reset: ", reset);
  TORCH_CHECK(torch::equal(next->layers[0]->conv1->weight, trained->layers[0]->conv1->weight));
  TORCH_CHECK(!torch::equal(next->fc->weight, before), "the head begins anew");
}
