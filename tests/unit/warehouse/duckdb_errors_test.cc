// The engine's messages → ours.
#include "warehouse/duckdb/errors.h"

#include <gtest/gtest.h>

namespace sluice::warehouse {
namespace {

TEST(DuckdbErrors, RetriesByPythonsNames) {
  const std::vector<std::string> defaults = {"IOException"};
  EXPECT_TRUE(is_retryable("IO Error: connection reset", defaults));
  EXPECT_FALSE(is_retryable("Binder Error: no such column", defaults));
  EXPECT_FALSE(is_retryable("nothing is known", defaults));
  EXPECT_TRUE(is_retryable("HTTP Error: 503", {"HTTPException"}));
  EXPECT_TRUE(is_retryable("TransactionContext Error: Conflict", {"TransactionException"}));
  EXPECT_TRUE(is_retryable("Out of Memory Error: x", {"OutOfMemoryException"}));
}

TEST(DuckdbErrors, AMissingExtensionSaysHowToFetchIt) {
  const char* const messages[] = {
      "IO Error: Extension \"/x/httpfs.duckdb_extension\" not found.\n\nInstall it first using "
      "\"INSTALL httpfs\".",
      "Catalog Error: Table Function with name \"f\" is not in the catalog, but it exists in the "
      "httpfs extension.\n\nPlease try installing and loading the httpfs extension:\nINSTALL "
      "httpfs;\nLOAD httpfs;",
      "Missing Extension Error: File s3://a requires the extension httpfs to be loaded"};
  for (const char* message : messages)
    EXPECT_EQ(statement_error(message, "select 1").hint(),
              "nothing is downloaded during a run: fetch it once with `sluice extensions fetch "
              "httpfs`")
        << message;
}

TEST(DuckdbErrors, ProposalsOfTheEnginesOwnCatalogsAreNoHelp) {
  const Error nonsense = statement_error(
      "Catalog Error: Table with name x does not exist!\nDid you mean \"pragma_database_list\"?",
      "select * from x");
  EXPECT_EQ(nonsense.message(), "Catalog Error: Table with name x does not exist!");
  EXPECT_EQ(nonsense.hint().find("did you mean"), std::string::npos);
  const Error useful = statement_error(
      "Catalog Error: Table with name order does not exist!\nDid you mean \"orders\"?", "x");
  EXPECT_EQ(useful.hint().substr(0, 22), "did you mean \"orders\"?");
}

TEST(DuckdbErrors, CsvErrorsLeaveTheReadersSettingsOut) {
  const Error error = statement_error(
      "Conversion Error: CSV Error on Line: 3\nOriginal Line: 2,2024-13-45\nError when converting "
      "column \"day\".\n\n  file = /x/bad.csv\n  delimiter = , (Set By User)\n",
      "copy");
  EXPECT_EQ(error.message(),
            "Conversion Error: CSV Error on Line: 3\nOriginal Line: 2,2024-13-45\nError when "
            "converting column \"day\".");
}

}  // namespace
}  // namespace sluice::warehouse
