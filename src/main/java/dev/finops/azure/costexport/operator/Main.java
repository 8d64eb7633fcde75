package dev.finops.azure.costexport.operator; final class Main { static void main(String[] a){} }
