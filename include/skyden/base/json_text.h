// SPDX-License-Identifier: Apache-2.0
// JSON text without a document in between: small objects written, and what can be seen of a text
// before anybody parses it.
#pragma once

#include <string>
#include <string_view>

namespace skyden::base {

// `text` in quotes. Control characters are escaped; what is not UTF-8 becomes U+FFFD, so that the
// result is JSON whatever came in.
void AppendJsonString(std::string& out, std::string_view text);

// Whether brackets stand inside one another more than `depth` deep, as a recursive parser would
// meet them. Of text that is no JSON it says something harmless, in linear time.
bool JsonIsDeeperThan(std::string_view json, int depth);

// Whether `json` is one JSON text that every reader understands alike: no deeper than `depth`,
// UTF-8 throughout, and no object that names a member twice.
bool IsStrictJson(std::string_view json, int depth);

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
