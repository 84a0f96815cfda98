// SPDX-License-Identifier: Apache-2.0
// As in the HTML standard: an event ends with an empty line; a line is "field: value", or a comment
// that begins with a colon. Lines end with LF or CR LF; nothing of ours sends a bare CR.
#include "cli/event_reader.h"

#include <algorithm>
#include <utility>

namespace skyden::cli {
namespace {

constexpr size_t kEventBytes = 1u << 20;

}  // namespace

bool EventReader::Put(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    line_ += text.substr(0, end);
    if (line_.size() + data_.size() > kEventBytes) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    Line(std::exchange(line_, {}));
  }
  return true;
}

void EventReader::Line(std::string_view line) {
  if (line.empty()) {
    if (has_data_) on_event_({name_.empty() ? "message" : name_, data_, id_});
    name_.clear();
    data_.clear();
    has_data_ = false;
    return;
  }
  const size_t colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") name_ = value;
  if (field == "id") id_ = value;
  if (field != "data") return;
  if (std::exchange(has_data_, true)) data_ += '\n';
  data_ += value;
}

}  // namespace skyden::cli
