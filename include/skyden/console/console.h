// SPDX-License-Identifier: Apache-2.0
// The page for people: files that were compiled in. All that it shows it asks of the REST API.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "skyden/http/handler.h"
#include "skyden/http/request.h"

namespace skyden::console {

// What names this build's page; empty when it was built without.
std::string_view ConsoleVersion();

// Immutable, thread-safe.
class Console {
 public:
  enum class Wanted { kYes, kNo };
  static std::unique_ptr<Console> Create(Wanted wanted);
  virtual ~Console() = default;

  // Whether there is a page: it was built, and is wanted.
  virtual bool shown() const = 0;
  // The answer to a GET of one of the console's addresses, of which "/" is one for who accepts
  // HTML; nullopt: it is none. Where there is no page, they are 404 with the reason.
  virtual std::optional<http::Response> Answer(const http::Request& request) const = 0;
};

}  // namespace skyden::console
