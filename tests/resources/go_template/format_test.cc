// SPDX-License-Identifier: Apache-2.0
// Expected texts are what Go 1.26 prints.
#include "resources/go_template/format.h"

#include <catch2/catch.hpp>
#include <string_view>
#include <vector>

#include "resources/go_template/number_text.h"

namespace skyden::resources::go_template {
namespace {

std::string Format(std::string_view format, const std::vector<Value>& values) {
  return Sprintf(format, values, 1000);
}

TEST_CASE("values are formatted as Go formats them", "[go_template]") {
  const Value seven = int64_t{7};
  const Value minus = int64_t{-42};
  const Value text = MakeText("a\"\xC3\xA9");
  CHECK(Format("%d|%5d|%-5d|%05d|%+d|% d", {seven, seven, seven, minus, seven, seven}) ==
        "7|    7|7    |-0042|+7| 7");
  CHECK(Format("%b %o %#o %O %x %#X %c %q %U",
               {seven, seven, seven, seven, minus, minus, seven, seven, seven}) ==
        "111 7 07 0o7 -2a -0X2A \a '\\a' U+0007");
  CHECK(
      Format("%s|%q|%+q|%#q|%x|%X|%.1s|%4.1s|", {text, text, text, text, text, text, text, text}) ==
      "a\"\xC3\xA9|\"a\\\"\xC3\xA9\"|\"a\\\"\\u00e9\"|`a\"\xC3\xA9`|6122c3a9|6122C3A9|a|   a|");
  CHECK(Format("%t %v %T", {true, Value(), Value(1.5)}) == "true <nil> float64");
  CHECK(Format("%6.2f|%e|%g|%G|%x", {1.5, 1.5, 1e21, 1e-7, 1.5}) ==
        "  1.50|1.500000e+00|1e+21|1E-07|0x1.8p+00");
  CHECK(Format("%#g|%#.3x|%b", {1.0, 1.0, 1.0}) == "1.00000|0x1.000p+00|4503599627370496p-52");
  CHECK(Format("%v %.1f", {std::complex<double>(1, -2), std::complex<double>(1, 2)}) ==
        "(1-2i) (1.0+2.0i)");
}

TEST_CASE("what a format gets wrong is printed where it is", "[go_template]") {
  const Value seven = int64_t{7};
  CHECK(Format("%z", {seven}) == "%!z(int=7)");
  CHECK(Format("%d", {MakeText("x")}) == "%!d(string=x)");
  CHECK(Format("%d", {}) == "%!d(MISSING)");
  CHECK(Format("%", {}) == "%!(NOVERB)");
  CHECK(Format("x", {seven, Value()}) == "x%!(EXTRA int=7, <nil>)");
  CHECK(Format("%[2]d %[1]d", {seven, Value(int64_t{8})}) == "8 7");
  CHECK(Format("%[3]d", {seven}) == "%!d(BADINDEX)");
  CHECK(Format("%*d|%.*f", {Value(int64_t{3}), seven, Value(int64_t{1}), Value(2.25)}) ==
        "  7|2.2");
  CHECK(Format("%*d", {MakeText("x"), seven}) == "%!(BADWIDTH)7");
  CHECK(Format("%%%s", {seven}) == "%%!s(int=7)");
}

TEST_CASE("a whole is printed with its members", "[go_template]") {
  const Data record = Data::Struct({{"A", "x"}, {"B", ""}});
  const Data map = Data::Map({{"b", "2"}, {"a", "1"}});
  CHECK(Format("%v %+v %#v", {&record, &record, &record}) ==
        "{x } {A:x B:} struct { A string; B string }{A:\"x\", B:\"\"}");
  CHECK(Format("%v %#v %d", {&map, &map, &map}) ==
        "map[a:1 b:2] map[string]string{\"a\":\"1\", \"b\":\"2\"} "
        "map[%!d(string=a):%!d(string=1) %!d(string=b):%!d(string=2)]");
}

TEST_CASE("floats have the digits they need", "[go_template]") {
  CHECK(FormatFloat(100000, 'g', -1) == "100000");
  CHECK(FormatFloat(1234567, 'g', -1) == "1.234567e+06");
  CHECK(FormatFloat(0.0001, 'g', -1) == "0.0001");
  CHECK(FormatFloat(0.00001, 'g', -1) == "1e-05");
  CHECK(FormatFloat(-0.0, 'g', -1) == "-0");
  CHECK(FormatFloat(1e300, 'f', -1).size() == 301);
  CHECK(FormatFloat(2.5, 'e', 0) == "2e+00");
}

}  // namespace
}  // namespace skyden::resources::go_template
