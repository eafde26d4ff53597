#pragma once

/// \file
/// Archives that know what was saved: loading one into another class, or another version of the class, is an
/// error that lists the differences, before anything has changed.
///
/// \code
/// torchtidy::save_checked(net, "net.pt");
/// torchtidy::load_checked(net, "net.pt");
/// \endcode
///
/// `torch::load` reads them as any other archive.

#include <torchtidy/module_ref.h>

#include <string>

namespace torchtidy {

/// What `torch::save(model, path)` writes, with the class and with name, shape and dtype of each parameter
/// and buffer.
/// \throws c10::Error if the file cannot be written.
void save_checked(ConstModuleRef model, const std::string& path);

/// \throws c10::Error, before anything has changed, if the file was not written by `save_checked`, or of
/// another class, or if names, shapes or dtypes differ: the message lists what the model wants and the file
/// lacks, the reverse, and what has another shape.
void load_checked(ModuleRef model, const std::string& path);

} // namespace torchtidy
