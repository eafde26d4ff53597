// The plugin's own part: the registrations themselves come with the checks.
#include "TorchTidyModule.h"

extern "C" volatile int *torchTidyPluginAnchor() { return &torchtidy::TorchTidyModuleAnchor; }
