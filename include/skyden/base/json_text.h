// SPDX-License-Identifier: Apache-2.0
// Writing small JSON objects without a document in between.
#pragma once

#include <string>
#include <string_view>

namespace skyden::base {

// `text` in quotes. Control characters are escaped; what is not UTF-8 becomes U+FFFD, so that the
// result is JSON whatever came in.
void AppendJsonString(std::string& out, std::string_view text);

// `{"a":"x","b":{...}}`, members in the order added.
class JsonObjectText {
 public:
  JsonObjectText& Text(std::string_view name, std::string_view value);
  // Left out when `value` is empty.
  JsonObjectText& TextIfAny(std::string_view name, std::string_view value);
  // `json` is written as it is: a number, an object.
  JsonObjectText& Raw(std::string_view name, std::string_view json);
  std::string Take();

 private:
  void Name(std::string_view name);
  std::string text_ = "{";
};

}  // namespace skyden::base
