import ArgumentParser
import Configuration
import GradingCore
import AsyncHTTPClient
@main struct Main: ParsableCommand { func run() { print("hi") } }
