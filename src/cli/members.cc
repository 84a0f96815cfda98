// SPDX-License-Identifier: Apache-2.0
#include "cli/members.h"

namespace skyden::cli {

std::string TextMember(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Json ListIn(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : Json::array();
}

std::vector<std::string> WordsIn(const Json& object, const char* name) {
  std::vector<std::string> words;
  for (const Json& word : ListIn(object, name)) {
    if (word.is_string()) words.push_back(word.get<std::string>());
  }
  return words;
}

}  // namespace skyden::cli
