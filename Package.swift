// swift-tools-version: 6.2

import PackageDescription

/// One set of rules for every target: Swift 6 mode, no warning left behind, imports that say what they need.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// Products of other packages, by the name of the module that they bring.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycleTestKit = Target.Dependency.product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")

let package = Package(
    name: "grading-monitor",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "grading-monitor", targets: ["grading-monitor"]),
        .executable(name: "callback-load", targets: ["callback-load"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(
            url: "https://github.com/apple/swift-configuration",
            from: "1.4.0",
            traits: ["JSON", "CommandLineArguments"]
        ),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The domain. Knows no HTTP and no SQL; everything else points here.
        .target(name: "GradingCore", dependencies: [crypto, deque, logging, metrics, serviceLifecycle], swiftSettings: strict),

        // libpq, the reference client of PostgreSQL.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),

        // What the domain needs from outside, one target for each engine. They do not know each other.
        .target(name: "SQLiteStore", dependencies: ["GradingCore", grdb, logging], swiftSettings: strict),
        .target(name: "PostgresStore", dependencies: ["CPostgres", "GradingCore", logging], swiftSettings: strict),
        .target(
            name: "GradingServer",
            dependencies: ["GradingCore", asyncHTTPClient, nioCore, nioHTTP1, nioPosix],
            swiftSettings: strict
        ),
        .target(
            name: "MonitorAPI",
            dependencies: [
                "GradingCore", crypto, httpTypes, hummingbirdCore, logging, nioCore, nioHTTP1, nioHTTPTypesHTTP1, nioPosix,
                serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "GradingSimulator",
            dependencies: [
                "GradingCore", asyncHTTPClient, httpTypes, hummingbird, logging, nioCore, nioHTTP1, serviceLifecycle,
            ],
            swiftSettings: strict
        ),

        // Commands and wiring.
        .executableTarget(
            name: "grading-monitor",
            dependencies: [
                "GradingCore", "SQLiteStore", "PostgresStore", "GradingServer", "MonitorAPI", "GradingSimulator",
                argumentParser, asyncHTTPClient, configuration, logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle,
                unixSignals,
            ],
            path: "Sources/GradingMonitor",
            swiftSettings: strict
        ),

        // Measures: a load generator that signs callbacks.
        .executableTarget(
            name: "callback-load",
            dependencies: ["GradingCore", argumentParser, nioCore, nioHTTP1, nioPosix],
            path: "Benchmarks/CallbackLoad",
            swiftSettings: strict
        ),

        // Tests. StoreConformance is one suite for any store; each store's tests run it.
        .target(
            name: "StoreConformance",
            dependencies: ["GradingCore", "TestSupport", logging, serviceLifecycle],
            path: "Tests/StoreConformance",
            swiftSettings: strict
        ),
        // TestSupport is what several test targets need: the JSON corpus, a clock that stands.
        .target(name: "TestSupport", dependencies: ["GradingCore"], path: "Tests/TestSupport", swiftSettings: strict),
        // The deterministic simulation: the domain's own code in a made-up world, and what plays seeds of it.
        .target(
            name: "MonitorSimulation",
            dependencies: ["GradingCore", logging],
            path: "Tests/MonitorSimulation",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "simulation",
            dependencies: ["MonitorSimulation", argumentParser],
            path: "Tests/SimulationRunner",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["GradingCore", "MonitorSimulation", "StoreConformance"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GradingCoreTests",
            dependencies: [
                "GradingCore", "TestSupport", crypto, logging, metricsTestKit, serviceLifecycle, serviceLifecycleTestKit,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: ["GradingCore", "SQLiteStore", "StoreConformance", grdb, logging],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PostgresStoreTests",
            dependencies: ["GradingCore", "PostgresStore", "StoreConformance", logging],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GradingServerTests",
            dependencies: ["GradingCore", "GradingServer", asyncHTTPClient, nioCore, nioPosix],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MonitorAPITests",
            dependencies: [
                "GradingCore", "MonitorAPI", "SQLiteStore", "TestSupport", asyncHTTPClient, httpTypes, logging,
                nioCore, nioEmbedded, nioHTTP1, nioPosix, serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GradingSimulatorTests",
            dependencies: [
                "GradingCore", "GradingSimulator", asyncHTTPClient, httpTypes, hummingbird, logging, nioCore, nioHTTP1,
                serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "CallbackLoadTests", dependencies: ["GradingCore", "callback-load", nioCore], swiftSettings: strict),
        .testTarget(
            name: "GradingMonitorTests",
            dependencies: [
                "GradingCore", "SQLiteStore", "grading-monitor", argumentParser, asyncHTTPClient, configuration, logging, nioCore,
                nioHTTP1,
            ],
            swiftSettings: strict
        ),
    ]
)
