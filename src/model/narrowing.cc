// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/narrowing.h"

#include <algorithm>

namespace skyden::model {
namespace {

constexpr char kBetweenWords = ',';
constexpr char kBetweenLists = '|';

void SortWords(std::vector<std::string>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

void AppendWords(const std::vector<std::string>& words, std::string& text) {
  for (const std::string& word : words) {
    if (&word != &words.front()) text += kBetweenWords;
    text += word;
  }
}

// False when there is an empty word.
bool ReadWords(std::string_view text, std::vector<std::string>& words) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(kBetweenWords), text.size());
    if (end == 0 || end + 1 == text.size()) return false;
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

}  // namespace

void Narrowing::Sort() {
  SortWords(meshes);
  SortWords(types);
}

bool Narrowing::HasMesh(std::string_view mesh) const {
  return std::binary_search(meshes.begin(), meshes.end(), mesh);
}

bool Narrowing::HasType(std::string_view type) const {
  return std::binary_search(types.begin(), types.end(), type);
}

std::string Narrowing::Text() const {
  std::string text;
  if (empty()) return text;
  AppendWords(meshes, text);
  text += kBetweenLists;
  AppendWords(types, text);
  return text;
}

std::optional<Narrowing> Narrowing::Parse(std::string_view text) {
  Narrowing narrowing;
  if (text.empty()) return narrowing;
  const size_t bar = text.find(kBetweenLists);
  const bool one_bar =
      bar != std::string_view::npos && text.find(kBetweenLists, bar + 1) == std::string_view::npos;
  if (!one_bar || !ReadWords(text.substr(0, bar), narrowing.meshes) ||
      !ReadWords(text.substr(bar + 1), narrowing.types) || narrowing.empty()) {
    return std::nullopt;
  }
  narrowing.Sort();
  return narrowing;
}

}  // namespace skyden::model
