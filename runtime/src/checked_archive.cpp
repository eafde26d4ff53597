#include <torchtidy/checked_archive.h>
#include <torchtidy/state_dict.h>

#include <torch/serialize/input-archive.h>
#include <torch/serialize/output-archive.h>

#include <map>
#include <sstream>

namespace torchtidy {
namespace {

constexpr const char* class_key = "torchtidy.class";
constexpr const char* entries_key = "torchtidy.entries";
constexpr size_t most_lines = 12; // of a message

/// "fc.weight" -> "[2, 4] float".
using Entries = std::map<std::string, std::string>;

Entries entries_of(const torch::nn::Module& model) {
  Entries entries;
  for (const auto& item : state_dict(model)) {
    std::ostringstream text;
    text << item.value().sizes() << ' ' << c10::toString(item.value().scalar_type());
    entries[item.key()] = text.str();
  }
  return entries;
}

std::string to_text(const Entries& entries) {
  std::string text;
  for (const auto& entry : entries) {
    text += entry.first + '\t' + entry.second + '\n';
  }
  return text;
}

Entries from_text(const std::string& text) {
  Entries entries;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t tab = line.find('\t');
    entries[line.substr(0, tab)] = tab == std::string::npos ? "" : line.substr(tab + 1);
  }
  return entries;
}

/// A line for each difference.
std::vector<std::string> differences(const Entries& wanted, const Entries& found) {
  std::vector<std::string> lines;
  for (const auto& entry : wanted) {
    const auto match = found.find(entry.first);
    if (match == found.end()) {
      lines.push_back("'" + entry.first + "' (" + entry.second + ") is not in the file");
    } else if (match->second != entry.second) {
      lines.push_back(
          "'" + entry.first + "' is " + match->second + " in the file, and " + entry.second +
          " in the model");
    }
  }
  for (const auto& entry : found) {
    if (!wanted.count(entry.first)) {
      lines.push_back("'" + entry.first + "' (" + entry.second + ") is in the file alone");
    }
  }
  return lines;
}

} // namespace

void save_checked(ConstModuleRef model, const std::string& path) {
  const std::string entries = to_text(entries_of(*model)); // throws at a null child, which save() would call
  torch::serialize::OutputArchive archive;
  model->save(archive);
  archive.write(class_key, c10::IValue(model->name()));
  archive.write(entries_key, c10::IValue(entries));
  archive.save_to(path);
}

void load_checked(ModuleRef model, const std::string& path) {
  torch::serialize::InputArchive archive;
  archive.load_from(path);
  c10::IValue name, text;
  TORCH_CHECK(
      archive.try_read(class_key, name) && archive.try_read(entries_key, text) && name.isString() &&
          text.isString(),
      "torchtidy::load_checked: '",
      path,
      "' does not say what it holds; it was not written by save_checked (torch::load reads it unchecked)");
  const auto lines = differences(entries_of(*model), from_text(text.toStringRef()));
  const bool other_class = name.toStringRef() != model->name();
  if (lines.empty() && !other_class) {
    model->load(archive);
    return;
  }
  std::string message = "torchtidy::load_checked: '" + path + "' holds a " + name.toStringRef() +
      " and is read into a " + model->name();
  for (size_t index = 0; index < lines.size() && index < most_lines; ++index) {
    message += "\n  " + lines[index];
  }
  if (lines.size() > most_lines) {
    message += "\n  and " + std::to_string(lines.size() - most_lines) + " more";
  }
  TORCH_CHECK(false, message);
}

} // namespace torchtidy
