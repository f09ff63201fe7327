// Amounts, tables and widths, as people read them.
#include <gtest/gtest.h>

#include "cli/amounts.h"
#include "cli/terminal.h"
#include "cli/text_table.h"

namespace sluice::cli {
namespace {

TEST(Amounts, AreReadable) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(-1234567), "-1,234,567");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(5'600'000), "5.6 MB");
  EXPECT_EQ(format_bytes(999'999), "1.0 MB");
  EXPECT_EQ(format_seconds(0.051), "0.05s");
  EXPECT_EQ(format_seconds(185), "3m 05s");
  EXPECT_EQ(format_seconds(3725), "1h 02m 05s");
  EXPECT_EQ(format_dollars(31.25), "$31.25");
  EXPECT_EQ(format_dollars(0.000035), "$0.000035");
  EXPECT_EQ(format_dollars(0), "$0.00");
  EXPECT_DOUBLE_EQ(scan_price(5'000'000'000'000, 6.25), 31.25);
}

TEST(Terminal, MeasuresWhatIsSeen) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("é€"), 2U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("\x1b[31mred\x1b[0m"), 3U);
  EXPECT_EQ(display_width("\xff"), 1U);
  EXPECT_EQ(fit_to_width("abcdef", 4), "abc…");
  EXPECT_EQ(fit_to_width("日本語", 4), "日…");
  EXPECT_EQ(fit_to_width("abc", 3), "abc");
}

TEST(TextTable, PrintsAsDbtShow) {
  TextTable table;
  table.columns = {{"id", true}, {"name", false}};
  table.rows = {{"1", "x"}, {"2", ""}};
  EXPECT_EQ(to_bordered_text(table, 0),
            "| id | name |\n| -- | ---- |\n|  1 | x    |\n|  2 |      |\n");
}

TEST(TextTable, ShrinksTheWidestColumn) {
  TextTable table;
  table.columns = {{"id", true}, {"text", false}};
  table.rows = {{"1", "a text that is far too long"}};
  EXPECT_EQ(to_bordered_text(table, 24),
            "| id | text            |\n| -- | --------------- |\n|  1 | a text that is… |\n");
}

TEST(TextTable, ShowsLineBreaksAsASign) {
  TextTable table;
  table.columns = {{"text", false}};
  table.rows = {{"a\nb"}};
  EXPECT_EQ(to_plain_text(table, 0), "text\na⏎b\n");
}

}  // namespace
}  // namespace sluice::cli
