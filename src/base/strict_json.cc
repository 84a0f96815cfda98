// SPDX-License-Identifier: Apache-2.0
// Events only: no document is built of what may be refused.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "skyden/base/json_text.h"

namespace skyden::base {
namespace {

// False from an event ends the parsing. The names are nlohmann's.
class Watch {
 public:
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(int64_t) { return true; }
  bool number_unsigned(uint64_t) { return true; }
  bool number_float(double, const std::string&) { return true; }
  bool string(std::string&) { return true; }
  bool binary(std::vector<uint8_t>&) { return true; }
  bool start_object(size_t) {
    open_.emplace_back();
    return true;
  }
  bool key(std::string& name) { return open_.back().insert(std::move(name)).second; }
  bool end_object() {
    open_.pop_back();
    return true;
  }
  bool start_array(size_t) { return true; }
  bool end_array() { return true; }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception&) { return false; }

 private:
  std::vector<std::set<std::string>> open_;  // objects, with the names seen so far
};

}  // namespace

bool IsStrictJson(std::string_view json, int depth) {
  if (JsonIsDeeperThan(json, depth)) return false;
  Watch watch;
  return nlohmann::json::sax_parse(json.begin(), json.end(), &watch);
}

}  // namespace skyden::base
