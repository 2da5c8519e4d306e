import Testing
@Test("placeholder MonitorAPI") func placeholderMonitorAPI() { #expect(Bool(true)) }
