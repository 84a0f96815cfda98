// SPDX-License-Identifier: Apache-2.0
// A Response to bytes.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "skyden/http/handler.h"

namespace skyden::http {

// What follows the head, whoever holds it.
std::string_view BodyOf(const Response& response);

// Replaces the body by its gzip form when that is worth it, and says so in the headers.
void CompressBody(Response& response);

// The Date header's value; formatted once a second. Thread-compatible.
class DateText {
 public:
  std::string_view Now();

 private:
  std::time_t second_ = -1;
  std::string text_;
};

enum class Persistence { kKeepAlive, kClose };
// How the client knows where the body ends.
enum class Framing { kLength, kChunked, kConnection };

// Appends status line and headers, with the empty line, to `out`.
void AppendHead(const Response& response, Persistence persistence, Framing framing,
                std::string_view date, std::string& out);
// Whether a status comes without a body and without a length.
bool IsBodiless(int status);
std::string_view ReasonPhrase(int status);
// "404: Not Found" as text/plain.
Response PlainResponse(int status);

}  // namespace skyden::http
