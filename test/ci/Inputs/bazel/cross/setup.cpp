#include "cross/net.h"

void NetImpl::setup() { first = register_module("first", torch::nn::Linear(2, 2)); }
