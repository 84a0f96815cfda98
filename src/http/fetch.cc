// SPDX-License-Identifier: Apache-2.0
// Beast's parser knows what an answer looks like; what it may cost is bounded here: the bytes of
// the head, of a piece of chunked framing and of the trailers by what is kept unparsed, the body by
// the parser, everything together by a total and by the deadline.
#include "skyden/http/fetch.h"

#include <fmt/format.h>

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/look_up.h"
#include "http/outgoing_url.h"
#include "http/tls_deadline_socket.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/net/reach.h"

namespace skyden::http {
namespace {

namespace beast_http = boost::beast::http;
using Parser = beast_http::response_parser<beast_http::string_body>;

constexpr size_t kFetchBytes = 16u << 10;

absl::Status TooLarge() { return absl::UnavailableError("the answer is too large"); }

std::string TextOf(const Outgoing& request, const OutgoingUrl& url) {
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
                                 request.method, url.target, url.authority);
  for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\r\n", name, value);
  if (!request.body.empty()) text += fmt::format("Content-Length: {}\r\n", request.body.size());
  return text + "\r\n" + request.body;
}

// Reads answers off a socket.
class Reader {
 public:
  Reader(DeadlineSocket& socket, const Outgoing& request, const FetchOptions& options)
      : socket_(socket), head_only_(request.method == "HEAD"), options_(options) {}

  absl::StatusOr<Incoming> ReadFinal() {
    for (int i = 0; i < base::limits::kFetchInterimAnswers; ++i) {
      Parser parser;
      parser.eager(true);
      parser.skip(head_only_);
      parser.header_limit(static_cast<uint32_t>(options_.header_bytes_max));
      parser.body_limit(options_.bytes_max);
      SKYDEN_RETURN_IF_ERROR(ReadOne(parser));
      const auto status = static_cast<int>(parser.get().result_int());
      if (status >= 200) return Incoming{status, std::move(parser.get().body())};
    }
    return absl::UnavailableError("the answer does not come to a point");
  }

 private:
  absl::Status ReadOne(Parser& parser) {
    boost::system::error_code error;
    for (;;) {
      if (!unparsed_.empty()) {
        const size_t taken =
            parser.put(boost::asio::buffer(unparsed_.data(), unparsed_.size()), error);
        unparsed_.erase(0, taken);
        if (error && error != beast_http::error::need_more) return Malformed(error);
        // The parser forgets this error when the body came with the head.
        if (parser.get().body().size() > options_.bytes_max) return TooLarge();
        if (parser.is_done()) return absl::OkStatus();
        // Bytes that are there and cannot be parsed: a head or framing without an end.
        if (unparsed_.size() > options_.header_bytes_max) return TooLarge();
        if (!error && taken > 0) continue;
      }
      SKYDEN_ASSIGN_OR_RETURN(const bool more, ReadMore());
      if (more) continue;
      if (!parser.got_some()) return absl::UnavailableError("there was no answer");
      parser.put_eof(error);
      return error ? Malformed(error) : absl::OkStatus();
    }
  }

  // Whether there was more.
  absl::StatusOr<bool> ReadMore() {
    std::array<char, kFetchBytes> piece;
    SKYDEN_ASSIGN_OR_RETURN(const size_t size, socket_.Read(piece.data(), piece.size()));
    total_ += size;
    if (total_ >
        2 * options_.header_bytes_max + base::limits::kFetchWireBytesPerByte * options_.bytes_max) {
      return TooLarge();
    }
    unparsed_.append(piece.data(), size);
    return size > 0;
  }

  static absl::Status Malformed(const boost::system::error_code& error) {
    const bool large =
        error == beast_http::error::body_limit || error == beast_http::error::header_limit;
    if (large) return TooLarge();
    return absl::UnavailableError(fmt::format("the answer is malformed ({})", error.message()));
  }

  DeadlineSocket& socket_;
  const bool head_only_;
  const FetchOptions& options_;
  std::string unparsed_;
  size_t total_ = 0;
};

absl::StatusOr<Incoming> ExchangeWith(const OutgoingUrl& url, const Outgoing& request,
                                      const FetchOptions& options) {
  const absl::Duration deadline = base::RealClock().Monotonic() + options.time_max;
  SKYDEN_ASSIGN_OR_RETURN(
      const auto socket,
      DeadlineSocket::Open(
          url, {.ca_file = options.ca_file, .interrupt = options.interrupt, .reach = options.reach},
          deadline));
  SKYDEN_RETURN_IF_ERROR(socket->Write(TextOf(request, url)));
  return Reader(*socket, request, options).ReadFinal();
}

}  // namespace

absl::Status CheckUrl(const std::string& url) { return ParseOutgoingUrl(url).status(); }

absl::Status CheckUrlIsOutside(const std::string& url) {
  SKYDEN_ASSIGN_OR_RETURN(const OutgoingUrl parsed, ParseOutgoingUrl(url));
  // The same reading as when it is connected to, which takes "127.1" and "0x7f000001" for what they
  // are. Of a name nothing is known yet.
  const auto address = ReadAddress(parsed.host, parsed.port);
  const bool inside = address.has_value() && !net::IsOutside(net::SocketAddress::Of(*address));
  if (!inside && parsed.host != "localhost") return absl::OkStatus();
  return absl::InvalidArgumentError("the host is not one that may be connected to");
}

absl::StatusOr<Incoming> Exchange(const Outgoing& request, const FetchOptions& options) {
  base::AssertMayBlock();
  SKYDEN_ASSIGN_OR_RETURN(const OutgoingUrl url, ParseOutgoingUrl(request.url));
  return ExchangeWith(url, request, options);
}

absl::StatusOr<std::string> Fetch(const std::string& url, const FetchOptions& options) {
  const Outgoing request{.url = url, .headers = {{"Accept", "application/json"}}};
  auto answer = Exchange(request, options);
  if (absl::IsUnavailable(answer.status())) {
    return absl::UnavailableError(
        fmt::format("cannot read {} ({})", url, std::string(answer.status().message())));
  }
  SKYDEN_RETURN_IF_ERROR(answer.status());
  if (answer->status != 200) {
    return absl::UnavailableError(fmt::format("{} answered {}", url, answer->status));
  }
  return std::move(answer->body);
}

}  // namespace skyden::http
