#include <torchtidy/inspect.h>

#include "near_names.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace torchtidy {
namespace {

std::string number(double value) {
  if (std::isnan(value)) {
    return "nan";
  }
  if (std::isinf(value)) {
    return value > 0 ? "inf" : "-inf";
  }
  char text[32];
  std::snprintf(text, sizeof(text), "%.9g", value);
  return text;
}

std::string json_number(double value) {
  return std::isfinite(value) ? number(value) : "null";
}

std::string json_string(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", c);
      text += escape;
    } else {
      text += c;
    }
  }
  return text + "\"";
}

std::string csv_field(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) {
    return value;
  }
  std::string text = "\"";
  for (const char c : value) {
    text += c;
    if (c == '"') {
      text += '"';
    }
  }
  return text + "\"";
}

std::string xml_text(const std::string& value) {
  std::string text;
  for (const char c : value) {
    switch (c) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      default:
        text += c;
    }
  }
  return text;
}

std::string label(const LayerStats& layer) {
  return layer.call == 0 ? layer.name : layer.name + " #" + std::to_string(layer.call);
}

bool is_finite(const LayerStats& layer) {
  return layer.nan_count == 0 && layer.inf_count == 0;
}

template <typename Predicate>
std::vector<std::string> names_where(const std::vector<LayerStats>& stats, Predicate predicate) {
  std::vector<std::string> names;
  for (const auto& layer : stats) {
    if (predicate(layer) && std::find(names.begin(), names.end(), layer.name) == names.end()) {
      names.push_back(layer.name);
    }
  }
  return names;
}

} // namespace

InspectionReport::InspectionReport(
    std::string quantity,
    std::vector<LayerStats> stats,
    std::vector<std::string> missing,
    InspectorOptions options)
    : quantity_(std::move(quantity)),
      stats_(std::move(stats)),
      missing_(std::move(missing)),
      options_(options) {}

const LayerStats& InspectionReport::operator[](const std::string& name) const& {
  const LayerStats* found = nullptr;
  for (const auto& layer : stats_) {
    found = layer.name == name ? &layer : found;
  }
  TORCH_CHECK(
      found != nullptr,
      "No ",
      quantity_,
      " of '",
      name,
      "' in this report; ",
      stats_.empty()
          ? std::string("it is empty: nothing ran since the last collect()")
          : detail::near_names(name, names_where(stats_, [](const LayerStats&) { return true; }), 5));
  return *found;
}

std::vector<std::string> InspectionReport::vanishing() const {
  return names_where(stats_, [&](const LayerStats& layer) { return layer.mean_abs < options_.vanishing_; });
}

std::vector<std::string> InspectionReport::exploding() const {
  return names_where(stats_, [&](const LayerStats& layer) { return layer.mean_abs > options_.exploding_; });
}

std::vector<std::string> InspectionReport::non_finite() const {
  return names_where(stats_, [](const LayerStats& layer) { return !is_finite(layer); });
}

std::string InspectionReport::first_non_finite() const {
  const auto wrong = [](const LayerStats& layer) { return !is_finite(layer); };
  if (quantity_ == "activation") {
    const auto first = std::find_if(stats_.begin(), stats_.end(), wrong);
    return first == stats_.end() ? "" : first->name;
  }
  // Gradients are computed from the last layer on.
  const auto first = std::find_if(stats_.rbegin(), stats_.rend(), wrong);
  return first == stats_.rend() ? "" : first->name;
}

std::string InspectionReport::csv() const {
  std::ostringstream out;
  out << "layer,call,numel,mean_abs,std,min_abs,max_abs,norm,nan_count,inf_count,dead_share\r\n";
  for (const auto& layer : stats_) {
    out << csv_field(layer.name) << ',' << layer.call << ',' << layer.numel << ',' << number(layer.mean_abs)
        << ',' << number(layer.std) << ',' << number(layer.min_abs) << ',' << number(layer.max_abs) << ','
        << number(layer.norm) << ',' << layer.nan_count << ',' << layer.inf_count << ',';
    if (layer.dead_share >= 0) {
      out << number(layer.dead_share);
    }
    out << "\r\n";
  }
  return out.str();
}

std::string InspectionReport::json() const {
  std::ostringstream out;
  out << "{\"quantity\": " << json_string(quantity_) << ", \"layers\": [";
  const char* separator = "";
  for (const auto& layer : stats_) {
    out << separator << "\n  {\"layer\": " << json_string(layer.name) << ", \"call\": " << layer.call
        << ", \"numel\": " << layer.numel << ", \"mean_abs\": " << json_number(layer.mean_abs)
        << ", \"std\": " << json_number(layer.std) << ", \"min_abs\": " << json_number(layer.min_abs)
        << ", \"max_abs\": " << json_number(layer.max_abs) << ", \"norm\": " << json_number(layer.norm)
        << ", \"nan_count\": " << layer.nan_count << ", \"inf_count\": " << layer.inf_count;
    if (layer.dead_share >= 0) {
      out << ", \"dead_share\": " << json_number(layer.dead_share);
    }
    out << "}";
    separator = ",";
  }
  out << "],\n\"missing\": [";
  separator = "";
  for (const auto& name : missing_) {
    out << separator << json_string(name);
    separator = ", ";
  }
  out << "]}\n";
  return out.str();
}

std::string InspectionReport::svg() const {
  constexpr double bar_height = 14;
  constexpr double gap = 6;
  constexpr double label_width = 220;
  constexpr double plot_width = 560;
  constexpr double top = 44;

  // Decades that hold every positive finite value and both thresholds' neighbourhood.
  double low = 1e300;
  double high = 0;
  const auto include = [&](double value) {
    if (std::isfinite(value) && value > 0) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  };
  for (const auto& layer : stats_) {
    include(layer.mean_abs);
    include(layer.max_abs);
  }
  if (high == 0) {
    low = 1e-3;
    high = 1;
  }
  const double first = std::floor(std::log10(low)) - 1;
  const double last = std::max(std::ceil(std::log10(high)), first + 1);
  const auto x_of = [&](double value) {
    if (!(value > 0)) {
      return label_width;
    }
    const double share = (std::log10(value) - first) / (last - first);
    return label_width + plot_width * std::min(1.0, std::max(0.0, share));
  };

  const double rows = static_cast<double>(stats_.size() + missing_.size());
  const double height = top + rows * (bar_height + gap) + 30;
  std::ostringstream out;
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << label_width + plot_width + 30
      << "\" height=\"" << height << "\" font-family=\"sans-serif\" font-size=\"11\">\n"
      << "<title>" << xml_text(quantity_) << " flow</title>\n"
      << "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      << "<text x=\"8\" y=\"18\" font-size=\"13\">" << xml_text(quantity_)
      << " by layer: mean |x| (bar) and max |x| (tick), logarithmic</text>\n";

  const double bottom = top + rows * (bar_height + gap);
  const double step = std::max(1.0, std::ceil((last - first) / 10));
  for (int line = 0; first + line * step <= last; ++line) {
    const double decade = first + line * step;
    const double x = x_of(std::pow(10.0, decade));
    out << "<line x1=\"" << x << "\" y1=\"" << top - 6 << "\" x2=\"" << x << "\" y2=\"" << bottom
        << "\" stroke=\"#ddd\"/><text x=\"" << x << "\" y=\"" << bottom + 16 << "\" text-anchor=\"middle\">1e"
        << decade << "</text>\n";
  }
  for (const double threshold : {options_.vanishing_, options_.exploding_}) {
    if (threshold >= std::pow(10.0, first) && threshold <= std::pow(10.0, last)) {
      const double x = x_of(threshold);
      out << "<line class=\"threshold\" x1=\"" << x << "\" y1=\"" << top - 6 << "\" x2=\"" << x << "\" y2=\""
          << bottom << "\" stroke=\"#c33\" stroke-dasharray=\"4 3\"/>\n";
    }
  }

  double y = top;
  const auto row_label = [&](const std::string& text) {
    out << "<text x=\"" << label_width - 6 << "\" y=\"" << y + bar_height - 3 << "\" text-anchor=\"end\">"
        << xml_text(text) << "</text>";
  };
  for (const auto& layer : stats_) {
    row_label(label(layer));
    if (!is_finite(layer)) {
      out << "<text class=\"non-finite\" x=\"" << label_width + 4 << "\" y=\"" << y + bar_height - 3
          << "\" fill=\"#c33\">" << layer.nan_count << " NaN, " << layer.inf_count << " Inf</text>\n";
    } else {
      const bool bad = layer.mean_abs < options_.vanishing_ || layer.mean_abs > options_.exploding_;
      const double end = x_of(layer.mean_abs);
      const double tick = x_of(layer.max_abs);
      out << "<rect class=\"bar\" x=\"" << label_width << "\" y=\"" << y << "\" width=\""
          << std::max(0.0, end - label_width) << "\" height=\"" << bar_height << "\" fill=\""
          << (bad ? "#c33" : "#47a") << "\"><title>" << xml_text(label(layer)) << ": mean |x| "
          << number(layer.mean_abs) << ", max |x| " << number(layer.max_abs) << ", norm "
          << number(layer.norm) << "</title></rect><line x1=\"" << tick << "\" y1=\"" << y << "\" x2=\""
          << tick << "\" y2=\"" << y + bar_height << "\" stroke=\"#222\" stroke-width=\"2\"/>\n";
    }
    y += bar_height + gap;
  }
  for (const auto& name : missing_) {
    row_label(name);
    out << "<text class=\"missing\" x=\"" << label_width + 4 << "\" y=\"" << y + bar_height - 3
        << "\" fill=\"#888\">none in this step</text>\n";
    y += bar_height + gap;
  }
  out << "</svg>\n";
  return out.str();
}

void InspectionReport::write(const std::string& path) const {
  const size_t dot = path.rfind('.');
  const std::string ending = dot == std::string::npos ? "" : path.substr(dot);
  std::string text;
  if (ending == ".csv") {
    text = csv();
  } else if (ending == ".json") {
    text = json();
  } else if (ending == ".svg") {
    text = svg();
  } else {
    TORCH_CHECK(false, "Cannot tell the format of '", path, "': end it in .csv, .json or .svg");
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  TORCH_CHECK(file.good(), "Cannot write '", path, "': check that its folder exists and is writable");
}

} // namespace torchtidy
