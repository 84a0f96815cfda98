// SPDX-License-Identifier: Apache-2.0
// Server-Sent Events out of text that arrives in pieces.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace skyden::cli {

struct Event {
  std::string name;  // "message" unless the server said something else
  std::string data;  // lines, joined by line feeds
  std::string id;    // the last one there was, with this event or before it
};

// Thread-compatible.
class EventReader {
 public:
  // `on_event` may not call back into this.
  explicit EventReader(std::function<void(const Event&)> on_event)
      : on_event_(std::move(on_event)) {}

  // False when an event is larger than anybody means it to be: give up.
  bool Put(std::string_view text);

 private:
  void Line(std::string_view line);

  std::function<void(const Event&)> on_event_;
  std::string line_;  // the beginning of one
  std::string name_;
  std::string data_;
  bool has_data_ = false;
  std::string id_;
};

}  // namespace skyden::cli
