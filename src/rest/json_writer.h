// SPDX-License-Identifier: Apache-2.0
// Writes compact JSON text, as Go prints it; and lays compact JSON out for people.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skyden::rest {

// Appends `text` as a JSON string. What is not UTF-8 becomes U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

// Commas are its business. Thread-compatible.
class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  JsonWriter& Key(std::string_view key);

  JsonWriter& String(std::string_view text);
  JsonWriter& Number(int64_t number) { return Raw(std::to_string(number)); }
  JsonWriter& Number(uint64_t number) { return Raw(std::to_string(number)); }
  JsonWriter& Number(int number) { return Raw(std::to_string(number)); }
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }
  // Text that is JSON already.
  JsonWriter& Raw(std::string_view json);
  JsonWriter& Strings(const std::vector<std::string>& texts);

  JsonWriter& Field(std::string_view key, std::string_view text) { return Key(key).String(text); }
  template <std::integral T>
  JsonWriter& Field(std::string_view key, T value) {
    if constexpr (std::same_as<T, bool>) {
      return Key(key).Bool(value);
    } else {
      return Key(key).Number(value);
    }
  }
  // Left out when empty.
  JsonWriter& OptionalField(std::string_view key, std::string_view text) {
    return text.empty() ? *this : Field(key, text);
  }

  void Reserve(size_t bytes) { out_.reserve(bytes); }
  std::string Take() { return std::move(out_); }

 private:
  void Separate();
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);

  std::string out_;
  bool comma_ = false;
};

// Compact, valid JSON with one space of indent per level and a newline at the end. Anything else
// comes out as it went in, give or take white space.
std::string Indent(std::string_view compact);

}  // namespace skyden::rest
