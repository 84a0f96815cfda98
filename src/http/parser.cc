// SPDX-License-Identifier: Apache-2.0
// Beast's parser does the grammar (and refuses a Content-Length beside a Transfer-Encoding, which
// is how requests are smuggled); this class keeps what it reports in a Request directly, without
// Beast's own container, and adds what the grammar leaves open: one Host, one coding, the limits.
#include "http/parser.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <cstdlib>
#include <utility>

#include "skyden/base/limits.h"

namespace skyden::http {
namespace {

namespace beast_http = boost::beast::http;
namespace limits = base::limits;

std::string_view ToStd(boost::beast::string_view s) { return {s.data(), s.size()}; }

Method MethodOf(beast_http::verb verb) {
  switch (verb) {
    case beast_http::verb::get:
    case beast_http::verb::head:
      return Method::kGet;
    case beast_http::verb::post:
      return Method::kPost;
    case beast_http::verb::put:
      return Method::kPut;
    case beast_http::verb::patch:
      return Method::kPatch;
    case beast_http::verb::delete_:
      return Method::kDelete;
    case beast_http::verb::options:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

std::string_view Trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

bool EqualsNoCase(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

// Whether an Accept-Encoding value allows gzip: named (or "*") and not with q=0.
bool AllowsGzip(std::string_view value) {
  bool star = false;
  while (!value.empty()) {
    const size_t comma = std::min(value.find(','), value.size());
    std::string_view item = value.substr(0, comma);
    value.remove_prefix(std::min(comma + 1, value.size()));
    const size_t semicolon = std::min(item.find(';'), item.size());
    const std::string_view coding = Trim(item.substr(0, semicolon));
    const bool gzip = EqualsNoCase(coding, "gzip");
    if (!gzip && coding != "*") continue;
    const size_t q = item.find("q=", semicolon);
    const bool allowed = q == std::string_view::npos ||
                         item.substr(q + 2).find_first_of("123456789") != std::string_view::npos;
    if (gzip) return allowed;
    star = allowed;
  }
  return star;
}

}  // namespace

RequestParser::RequestParser() {
  eager(true);
  header_limit(static_cast<std::uint32_t>(limits::kRequestHeaderBytes));
  body_limit(limits::kRequestBodyBytes);
}

RequestParser::Outcome RequestParser::Put(const char* data, size_t size, size_t& consumed) {
  boost::beast::error_code ec;
  consumed = put(boost::asio::const_buffer(data, size), ec);
  if (!ec && is_done()) return Outcome::kComplete;
  if (!ec || ec == beast_http::error::need_more) {
    // What the grammar cannot do without in one piece is bounded by the header limit; chunk
    // extensions and trailers are not, so bound them here.
    if (size - consumed <= limits::kRequestHeaderBytes) return Outcome::kNeedMore;
    refusal_ = 431;
    return Outcome::kRefused;
  }
  if (ec == beast_http::error::header_limit) {
    refusal_ = 431;
  } else if (ec == beast_http::error::body_limit) {
    refusal_ = 413;
  }
  return Outcome::kRefused;
}

bool RequestParser::has_large_body() const {
  const uint64_t announced = has_head() ? content_length().value_or(0) : 0;
  return std::max<uint64_t>(announced, request_.body.size()) > limits::kRequestSmallBodyBytes;
}

void RequestParser::ExpectBody() {
  const uint64_t announced = content_length().value_or(0);
  // At once: growing bit by bit would take twice as much.
  request_.body.reserve(std::min<size_t>(announced, limits::kRequestBodyBytes));
}

Request RequestParser::TakeHead() {
  std::string body = std::move(request_.body);
  Request head = std::move(request_);
  request_ = Request();
  request_.body = std::move(body);
  head.body.clear();
  return head;
}

void RequestParser::Refuse(int status, Error& ec) {
  refusal_ = status;
  ec = beast_http::error::bad_value;
}

bool RequestParser::SetTarget(std::string_view target) {
  // The absolute form ("http://host/path") is for proxies, but every server must take it.
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() > scheme.size() && EqualsNoCase(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(scheme.size());
      const size_t path = target.find_first_of("/?");
      if (path == std::string_view::npos) {
        target = "/";
      } else {
        target.remove_prefix(path);
      }
      break;
    }
  }
  if (target.empty()) return false;
  if (target.front() == '?') {
    request_.target.push_back('/');
  } else if (target.front() != '/' && target != "*") {
    return false;
  }
  target = target.substr(0, target.find('#'));
  request_.target.append(target);
  const std::string_view whole = request_.target;
  const size_t question = whole.find('?');
  request_.path = whole.substr(0, question);
  if (question != std::string_view::npos) request_.query = whole.substr(question + 1);
  return true;
}

void RequestParser::on_request_impl(beast_http::verb method, StringView method_text,
                                    StringView target, int version, Error& ec) {
  version_ = version;
  request_.method = MethodOf(method);
  request_.method_text = ToStd(method_text);
  is_head_ = method == beast_http::verb::head;
  header_bytes_ += method_text.size() + target.size() + 12;
  request_.headers.reserve(8);
  if (version != 10 && version != 11) return Refuse(505, ec);
  if (!SetTarget(ToStd(target))) Refuse(400, ec);
}

void RequestParser::on_field_impl(beast_http::field name, StringView name_text, StringView value,
                                  Error& ec) {
  if (header_done_) return;  // trailers mean nothing to us
  header_bytes_ += name_text.size() + value.size() + 4;
  if (header_bytes_ > limits::kRequestHeaderBytes ||
      request_.headers.size() >= limits::kHttpHeaders) {
    return Refuse(431, ec);
  }
  switch (name) {
    case beast_http::field::host:
      ++hosts_;
      break;
    case beast_http::field::authorization:
      // Two readers might each believe another one.
      if (std::exchange(authorized_, true)) return Refuse(400, ec);
      break;
    case beast_http::field::transfer_encoding:
      // Anything but exactly "chunked" would leave the body's end open to interpretation.
      if (version_ != 11 || !EqualsNoCase(ToStd(value), "chunked")) return Refuse(400, ec);
      break;
    case beast_http::field::expect:
      expects_continue_ = version_ == 11 && EqualsNoCase(ToStd(value), "100-continue");
      break;
    case beast_http::field::accept_encoding:
      accepts_gzip_ = AllowsGzip(ToStd(value));
      break;
    default:
      break;
  }
  request_.headers.push_back({std::string(ToStd(name_text)), std::string(ToStd(value))});
}

void RequestParser::on_header_impl(Error& ec) {
  header_done_ = true;
  if (hosts_ > 1 || (hosts_ == 0 && version_ == 11)) Refuse(400, ec);
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& content_length,
                                      Error&) {
  // A length that is only announced must not cost memory.
  if (content_length) {
    request_.body.reserve(std::min<size_t>(static_cast<size_t>(*content_length), 64u << 10));
  }
}

size_t RequestParser::on_body_impl(StringView body, Error&) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

size_t RequestParser::on_chunk_body_impl(std::uint64_t, StringView body, Error&) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

}  // namespace skyden::http
