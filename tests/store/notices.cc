// SPDX-License-Identifier: Apache-2.0
#include "tests/store/notices.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/source_dir.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {

using Self = Change::Self;

std::string Describe(const Change& change) {
  std::string text = change.tenant == model::TenantKey{} ? "organization" : "tenant";
  if (change.revision != 0) text += " revision";
  if (change.types.size() == Registry().size()) {
    text += " every-type";
  } else {
    for (const model::TypeId type : change.types) text += " " + Registry().at(type).name;
  }
  if (change.self == Self::kDescribed) text += " described";
  if (change.self == Self::kTerms) text += " suspension";
  if (change.self == Self::kGone) text += " gone";
  if (change.keys_promised) text += " keys-promised";
  if (change.rollouts) text += " rollouts";
  for (const auto& id : change.accounts) text += " account:" + id.str().substr(id.str().size() - 2);
  for (const auto& id : change.tokens) text += " token:" + id.str();
  if (change.all) text += " all";
  return text;
}

std::set<std::string> FunctionsOf(const std::string& class_name) {
  std::set<std::string> functions;
  const std::regex function(R"(virtual\s[^=;]*?\b(\w+)\()");
  for (const auto& file :
       std::filesystem::directory_iterator(SourceDir() + "/include/skyden/store")) {
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const size_t begin = text.find("class " + class_name + " : ");
    if (begin == std::string::npos) continue;
    const std::string body = text.substr(begin, text.find("\n};", begin) - begin);
    for (std::sregex_iterator it(body.begin(), body.end(), function), end; it != end; ++it) {
      functions.insert((*it)[1]);
    }
  }
  return functions;
}

}  // namespace skyden::store::testing
